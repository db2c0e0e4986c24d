import { useEffect, useRef } from "react";
import { batchStore, isOver } from "../../core/batchStore";
import { listen } from "../../core/listen";
import type { Batch, BatchComplete, BatchError, BatchProgress } from "../../core/wire";
import { useRoom } from "../../ui/useRoom";

type Known = Pick<Batch, "version" | "status">;
type News = Known & { batchId: string };

/**
 * Calls the handlers with the events of one batch; its room is joined as long as the component is there.
 *
 * Handlers may be written inline: a new one is used from the next event on, and nothing is subscribed
 * anew. What is older than what was told before, or than what the page shows, is dropped; so is a tick of
 * a batch that has ended, unless a higher version says that it goes on.
 *
 * @param onChange Told when the batch is paused, resumed, retried or cancelled.
 */
export function useBatchUpdates(
  batchId: string,
  onProgress?: (tick: BatchProgress) => void,
  onComplete?: (event: BatchComplete) => void,
  onError?: (event: BatchError) => void,
  onChange?: (batch: Batch) => void,
): { isConnected: boolean } {
  const { socket, isConnected } = useRoom(`batch:${batchId}`);
  const handlers = useRef({ onProgress, onComplete, onError, onChange });
  useEffect(() => {
    handlers.current = { onProgress, onComplete, onError, onChange };
  });

  useEffect(() => {
    if (!socket) return;
    let told: Known | undefined;
    const isNews = (event: News): boolean => {
      if (isOutdated(event, told) || isOutdated(event, batchStore.get(batchId))) return false;
      told = { version: event.version, status: event.status };
      return true;
    };
    // A tick with what was in hand may overtake the event that stopped the batch; that still is to be told.
    const isTrue = (event: News): boolean =>
      isNews(event) || event.status === (told ?? batchStore.get(batchId))?.status;
    const own =
      <Event extends { batchId: string }>(tell: (event: Event) => void) =>
      (event: Event) => {
        if (event.batchId === batchId) tell(event);
      };
    const change = own((batch: Batch) => {
      if (isTrue(batch)) handlers.current.onChange?.(batch);
    });
    return listen(socket, {
      "batch:progress": own((tick) => {
        if (isNews(tick)) handlers.current.onProgress?.(tick);
      }),
      "batch:complete": own((event) => {
        if (isTrue(event)) handlers.current.onComplete?.(event);
      }),
      "batch:error": own((event) => {
        // Failures of items are no state of the batch, and are told at any time.
        if (event.fatal && !isTrue({ ...event, status: "failed" })) return;
        handlers.current.onError?.(event);
      }),
      "batch:paused": change,
      "batch:resumed": change,
      "batch:cancelled": change,
    });
  }, [socket, batchId]);

  return { isConnected };
}

function isOutdated(event: Known, known: Known | undefined): boolean {
  if (!known || event.version > known.version) return false;
  return event.version < known.version || (isOver(known) && !isOver(event));
}
