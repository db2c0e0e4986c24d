import type { Socket } from "socket.io-client";
import type { BatchStore } from "./batchStore";
import type { Batch, BatchComplete, BatchError, BatchProgress } from "./events";

export interface Lifecycle {
  kind: "created" | "ended";
  batchId: string;
}

/**
 * Feeds the store from the socket.
 *
 * @param onLifecycle Called when a batch begins or ends, and for a batch that the store does not know.
 * @returns A function that stops it.
 */
export function feedStore(
  socket: Socket,
  store: BatchStore,
  onLifecycle: (event: Lifecycle) => void,
): () => void {
  const handlers = {
    "batch:created": (batch: Batch) => {
      store.put(batch);
      onLifecycle({ kind: "created", batchId: batch.id });
    },
    "batch:progress": (tick: BatchProgress) => {
      if (!store.tick(tick) && !store.get(tick.batchId)) {
        onLifecycle({ kind: "created", batchId: tick.batchId });
      }
    },
    "batch:complete": (event: BatchComplete) => {
      store.complete(event);
      onLifecycle({ kind: "ended", batchId: event.batchId });
    },
    "batch:cancelled": (batch: Batch) => {
      store.put(batch);
      onLifecycle({ kind: "ended", batchId: batch.id });
    },
    "batch:error": (event: BatchError) => {
      store.fail(event);
      if (event.fatal) onLifecycle({ kind: "ended", batchId: event.batchId });
    },
  };
  for (const [name, handler] of Object.entries(handlers)) socket.on(name, handler);
  return () => {
    for (const [name, handler] of Object.entries(handlers)) socket.off(name, handler);
  };
}
