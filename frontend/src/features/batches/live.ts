import type { Socket } from "socket.io-client";
import { type BatchStore, isOver } from "../../core/batchStore";
import type { Batch, BatchComplete, BatchError, BatchProgress } from "../../core/wire";

/** What happened to a batch beyond its counts; `reopened` is one that goes on after its end. */
export interface Lifecycle {
  kind: "created" | "changed" | "ended" | "reopened" | "unknown";
  batchId: string;
}

/**
 * Feeds the store from the socket.
 *
 * @param onLifecycle Called when a batch begins, changes its status or ends, and for a tick of one that the
 *   store does not know; a beginning and an end are told once, however often the server sends them.
 * @returns A function that stops it.
 */
export function feedStore(
  socket: Socket,
  store: BatchStore,
  onLifecycle: (event: Lifecycle) => void,
): () => void {
  const begun = new Set<string>();
  const ended = new Set<string>();
  const tell = (batchId: string, before: Batch | undefined) => {
    const after = store.get(batchId);
    if (!after) onLifecycle({ kind: "unknown", batchId });
    else if (isOver(after)) once(ended, batchId, "ended");
    else if (ended.delete(batchId) || (before && isOver(before))) {
      onLifecycle({ kind: "reopened", batchId });
    } else if (before && before.status !== after.status) {
      onLifecycle({ kind: "changed", batchId });
    }
  };
  const once = (told: Set<string>, batchId: string, kind: "created" | "ended") => {
    if (told.has(batchId)) return;
    told.add(batchId);
    onLifecycle({ kind, batchId });
  };
  const take = (batchId: string, update: () => boolean) => {
    const before = store.get(batchId);
    const isNews = update();
    if (isNews || !before) tell(batchId, before);
  };

  const handlers = {
    "batch:created": (batch: Batch) => {
      store.put(batch);
      once(begun, batch.id, "created");
    },
    "batch:progress": (tick: BatchProgress) => take(tick.batchId, () => store.tick(tick)),
    "batch:complete": (event: BatchComplete) => take(event.batchId, () => store.complete(event)),
    "batch:paused": (batch: Batch) => take(batch.id, () => store.put(batch)),
    "batch:resumed": (batch: Batch) => take(batch.id, () => store.put(batch)),
    "batch:cancelled": (batch: Batch) => take(batch.id, () => store.put(batch)),
    "batch:error": (event: BatchError) => {
      if (event.fatal) take(event.batchId, () => store.fail(event));
    },
  };
  for (const [name, handler] of Object.entries(handlers)) socket.on(name, handler);
  return () => {
    for (const [name, handler] of Object.entries(handlers)) socket.off(name, handler);
  };
}
