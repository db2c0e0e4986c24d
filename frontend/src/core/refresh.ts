import type { QueryClient } from "@tanstack/react-query";

/** Asks anew for the lists of batches and the counts above them. */
export function refreshLists(client: QueryClient): void {
  for (const key of ["history", "stats"]) void client.invalidateQueries({ queryKey: [key] });
}

/** Asks anew for what events do not carry: times, recoveries, retries, failures and items of a batch. */
export function refreshBatch(client: QueryClient, batchId: string): void {
  for (const key of ["batch", "results", "items"]) {
    void client.invalidateQueries({ queryKey: [key, batchId] });
  }
}
