import { useQuery } from "@tanstack/react-query";
import { api } from "../../core/api";
import { batchStore, isOver } from "../../core/batchStore";
import type { Batch } from "../../core/events";

const RECENT = 100;

/** The user's own batches, of the most recent ones, that have not ended; the newest first. */
export function useUnfinishedBatches(enabled: boolean): Batch[] {
  const { data } = useQuery({
    // Beside the lists, so that it is asked for anew whenever they are.
    queryKey: ["history", "unfinished"],
    queryFn: loadRecent,
    enabled,
    select: (answer) => answer.batches.filter((batch) => !isOver(batch)),
  });
  return data ?? [];
}

async function loadRecent() {
  const page = await api.history({ sortBy: "createdAt", sortOrder: "desc", limit: RECENT });
  for (const batch of page.batches) batchStore.put(batch);
  return page;
}
