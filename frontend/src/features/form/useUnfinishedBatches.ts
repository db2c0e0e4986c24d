import { useQuery } from "@tanstack/react-query";
import { isOver } from "../../core/batchStore";
import { queries } from "../../queries";

/** The user's own batches, of the most recent ones, that have not ended; the newest first. */
export function useUnfinishedBatches(enabled: boolean) {
  return useQuery({
    ...queries.recentBatches(),
    enabled,
    select: (answer) => answer.batches.filter((batch) => !isOver(batch)),
  });
}
