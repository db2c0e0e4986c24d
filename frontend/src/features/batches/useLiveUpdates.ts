import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { batchStore } from "../../core/batchStore";
import { connection } from "../../core/socket";
import type { Batch } from "../../core/wire";
import { queries, refreshBatch, refreshLists } from "../../queries";
import { useWebSocket } from "../../ui/useWebSocket";
import { feedStore, type Lifecycle } from "./live";

/**
 * Keeps what the pages show up to date: feeds the store and refreshes lists. To be used once per page.
 *
 * @param onLifecycle Told when a batch has been started, has ended, or goes on after its end.
 */
export function useLiveUpdates(
  onLifecycle: (kind: "created" | "ended" | "reopened", batch: Batch) => void,
): void {
  const { socket, state } = useWebSocket();
  const client = useQueryClient();
  const tell = useRef(onLifecycle);
  useEffect(() => {
    tell.current = onLifecycle;
  });

  useEffect(() => {
    if (!socket) return;
    return feedStore(socket, batchStore, ({ kind, batchId }: Lifecycle) => {
      if (kind === "unknown") {
        // Ticks come ten times a second; one request is enough.
        client.fetchQuery({ ...queries.batch(batchId), staleTime: 5000 }).catch(() => {});
        return;
      }
      refreshLists(client);
      const batch = batchStore.get(batchId);
      if (kind === "created" || kind === "ended" || kind === "reopened") {
        if (batch) tell.current(kind, batch);
      }
      if (kind !== "created") refreshBatch(client, batchId);
    });
  }, [socket, client]);

  useEffect(() => {
    if (state === "recovered") refreshLists(client);
    if (state !== "stale") return;
    // A gap that could not be filled is replaced by how things are, never by half.
    void client.invalidateQueries().then(() => connection.reloaded());
  }, [state, client]);
}
