import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { isOver } from "../../core/batchStore";
import type { Batch } from "../../core/wire";
import { queries } from "../../queries";
import { useIsConnected } from "../../ui/useConnectionState";
import { useBatch } from "./useBatch";

/** While nothing arrives by itself, the state is asked for. */
const POLL_MS = 3000;

/** The newest state of a batch, loaded if need be, and how the loading went. */
export function useBatchQuery(id: string): {
  batch: Batch | undefined;
  query: UseQueryResult<Batch>;
} {
  const isLive = useIsConnected();
  const batch = useBatch(id);
  const query = useQuery({
    ...queries.batch(id),
    refetchInterval: () => (!isLive && batch && !isOver(batch) ? POLL_MS : false),
  });
  return { batch, query };
}
