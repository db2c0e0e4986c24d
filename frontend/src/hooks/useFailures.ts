import { useQuery } from "@tanstack/react-query";
import { api } from "../core/api";
import type { FailureGroup } from "../core/api-types";
import { isOver } from "../core/batchStore";
import type { Batch } from "../core/events";

const WHILE_RUNNING_MS = 2000;

/** The failures of a batch by kind; while it runs they are asked for, and only when there are new ones. */
export function useFailures(batch: Batch): FailureGroup[] {
  const { data } = useQuery({
    queryKey: ["results", batch.id],
    queryFn: () => api.results(batch.id),
    enabled: batch.failed > 0,
    select: (answer) => answer.failures,
    refetchInterval: ({ state }) => {
      const shown = state.data?.summary.failed ?? 0;
      return !isOver(batch) || shown < batch.failed ? WHILE_RUNNING_MS : false;
    },
  });
  return data ?? [];
}
