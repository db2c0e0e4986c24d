import { useEffect, useRef } from "react";
import { batchStore, isOver } from "../core/batchStore";
import type { BatchComplete, BatchError, BatchProgress } from "../core/events";
import { useWebSocket } from "./useWebSocket";

/**
 * Calls the handlers with the events of one batch; its room is joined as long as the component is there.
 *
 * Handlers may be written inline: a new one is used from the next event on, and nothing is subscribed
 * anew. A tick that is older than what was told before, or than what the page shows, is dropped.
 */
export function useBatchUpdates(
  batchId: string,
  onProgress?: (tick: BatchProgress) => void,
  onComplete?: (event: BatchComplete) => void,
  onError?: (event: BatchError) => void,
): { isConnected: boolean } {
  const { socket, isConnected, joinRoom, leaveRoom } = useWebSocket();
  const handlers = useRef({ onProgress, onComplete, onError });
  useEffect(() => {
    handlers.current = { onProgress, onComplete, onError };
  });

  useEffect(() => {
    const room = `batch:${batchId}`;
    joinRoom(room);
    return () => leaveRoom(room);
  }, [batchId, joinRoom, leaveRoom]);

  useEffect(() => {
    if (!socket) return;
    const shown = batchStore.get(batchId);
    let version = shown && isOver(shown) ? shown.version : -1;
    const progress = (tick: BatchProgress) => {
      const newest = Math.max(version, batchStore.get(batchId)?.version ?? -1);
      if (tick.batchId !== batchId || tick.version < newest) return;
      version = tick.version;
      handlers.current.onProgress?.(tick);
    };
    const complete = (event: BatchComplete) => {
      if (event.batchId === batchId) handlers.current.onComplete?.(event);
    };
    const error = (event: BatchError) => {
      if (event.batchId === batchId) handlers.current.onError?.(event);
    };
    socket.on("batch:progress", progress);
    socket.on("batch:complete", complete);
    socket.on("batch:error", error);
    return () => {
      socket.off("batch:progress", progress);
      socket.off("batch:complete", complete);
      socket.off("batch:error", error);
    };
  }, [socket, batchId]);

  return { isConnected };
}
