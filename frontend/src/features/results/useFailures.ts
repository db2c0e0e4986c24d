import { useQuery } from "@tanstack/react-query";
import type { Batch } from "../../core/wire";
import { queries } from "../../queries";

const WHILE_RUNNING_MS = 2000;

/** The failures of a batch by kind; while it runs they are asked for, and only when there are new ones. */
export function useFailures(batch: Batch) {
  return useQuery({
    ...queries.results(batch.id),
    enabled: batch.failed > 0,
    // A retry takes the failures back: what was known before it is not true any more.
    select: (answer) => (answer.summary.failed > batch.failed ? [] : answer.failures),
    refetchInterval: ({ state }) => {
      // The message of a failure stays, and nothing is asked for behind it.
      if (!state.data) return false;
      const shown = state.data.summary.failed;
      return batch.status === "running" || shown < batch.failed ? WHILE_RUNNING_MS : false;
    },
  });
}
