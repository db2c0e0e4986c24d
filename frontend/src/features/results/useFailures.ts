import { useQuery } from "@tanstack/react-query";
import type { Batch, FailureGroup } from "../../core/wire";
import { queries } from "../../queries";

const WHILE_RUNNING_MS = 2000;

/** The failures of a batch by kind; while it runs they are asked for, and only when there are new ones. */
export function useFailures(batch: Batch): FailureGroup[] {
  const { data } = useQuery({
    ...queries.results(batch.id),
    enabled: batch.failed > 0,
    // A retry takes the failures back: what was known before it is not true any more.
    select: (answer) => (answer.summary.failed > batch.failed ? [] : answer.failures),
    refetchInterval: ({ state }) => {
      const shown = state.data?.summary.failed ?? 0;
      return batch.status === "running" || shown < batch.failed ? WHILE_RUNNING_MS : false;
    },
  });
  return data ?? [];
}
