import { type BatchStore, isOver } from "../../core/batchStore";
import { listen, type WireSocket } from "../../core/listen";
import type { Batch } from "../../core/wire";

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
  socket: WireSocket,
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

  return listen(socket, {
    "batch:created": (batch) => {
      store.put(batch);
      once(begun, batch.id, "created");
    },
    "batch:progress": (tick) => take(tick.batchId, () => store.tick(tick)),
    "batch:complete": (event) => take(event.batchId, () => store.complete(event)),
    "batch:paused": (batch) => take(batch.id, () => store.put(batch)),
    "batch:resumed": (batch) => take(batch.id, () => store.put(batch)),
    "batch:cancelled": (batch) => take(batch.id, () => store.put(batch)),
    "batch:error": (event) => {
      if (event.fatal) take(event.batchId, () => store.fail(event));
    },
  });
}
