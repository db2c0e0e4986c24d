import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { api } from "../../core/api";
import { batchStore, isOver } from "../../core/batchStore";
import type { Batch } from "../../core/events";
import { useIsConnected } from "../../ui/useConnectionState";
import { useBatch } from "./useBatch";

/** While nothing arrives by itself, the state is asked for. */
const POLL_MS = 3000;

/** Fetches a batch and puts it into the store; gives what the store then holds. */
export async function loadBatch(id: string): Promise<Batch> {
  const { batch } = await api.batch(id);
  batchStore.put(batch);
  return batchStore.get(id) ?? batch;
}

/** The newest state of a batch, loaded if need be, and how the loading went. */
export function useBatchQuery(id: string): {
  batch: Batch | undefined;
  query: UseQueryResult<Batch>;
} {
  const isLive = useIsConnected();
  const batch = useBatch(id);
  const query = useQuery({
    queryKey: ["batch", id],
    queryFn: () => loadBatch(id),
    refetchInterval: () => (!isLive && batch && !isOver(batch) ? POLL_MS : false),
  });
  return { batch, query };
}
