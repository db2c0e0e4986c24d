import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api } from "../core/api";
import { batchStore } from "../core/batchStore";
import type { Batch } from "../core/events";
import { formatNumber } from "../core/format";
import { feedStore } from "../core/live";
import { useWebSocket } from "../hooks/useWebSocket";

/** Keeps what the pages show up to date: feeds the store, refreshes lists, tells of what has ended. */
export function LiveUpdates() {
  const { socket, isConnected } = useWebSocket();
  const client = useQueryClient();
  const connectedBefore = useRef(false);

  useEffect(() => {
    if (!socket) return;
    return feedStore(socket, batchStore, (event) => {
      void client.invalidateQueries({ queryKey: ["history"] });
      if (event.kind === "ended") {
        void client.invalidateQueries({ queryKey: ["results", event.batchId] });
        const batch = batchStore.get(event.batchId);
        if (batch) tell(batch);
      }
    });
  }, [socket, client]);

  useEffect(() => {
    if (!isConnected) return;
    // What happened while the connection was away is fetched; ticks alone would leave gaps.
    if (connectedBefore.current) void client.invalidateQueries();
    connectedBefore.current = true;
  }, [isConnected, client]);

  return null;
}

function tell(batch: Batch): void {
  const id = `ended-${batch.id}`;
  if (batch.status === "completed") {
    const failed = batch.failed ? `, ${formatNumber(batch.failed)} failed` : "";
    const message = `${formatNumber(batch.successful)} successful${failed}`;
    notifications.show({ id, title: batch.name, message, color: batch.failed ? "orange" : "wire" });
  } else if (batch.status === "failed") {
    const message = batch.error?.message ?? "The batch failed";
    notifications.show({ id, title: batch.name, message, color: "red", autoClose: 12_000 });
  }
}

/** Fetches a batch and puts it into the store. */
export async function loadBatch(id: string): Promise<Batch> {
  const { batch } = await api.batch(id);
  batchStore.put(batch);
  return batchStore.get(id) ?? batch;
}
