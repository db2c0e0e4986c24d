import type { Status } from "../../core/wire";

/** What the list of batches shows, as the address of the page says. */
export interface HistorySearch {
  q?: string;
  status?: Status;
  operation?: string;
  owner?: "all";
  sort?: SortName;
}

export type SortName = "newest" | "oldest" | "name" | "largest" | "progress";

export const SORTS: Record<SortName, { label: string; sortBy: string; sortOrder: string }> = {
  newest: { label: "Newest first", sortBy: "createdAt", sortOrder: "desc" },
  oldest: { label: "Oldest first", sortBy: "createdAt", sortOrder: "asc" },
  name: { label: "Name", sortBy: "name", sortOrder: "asc" },
  largest: { label: "Largest first", sortBy: "total", sortOrder: "desc" },
  progress: { label: "Least done first", sortBy: "progress", sortOrder: "asc" },
};

export const STATUSES: Status[] = [
  "pending",
  "running",
  "paused",
  "completed",
  "failed",
  "cancelled",
];

/** Takes from an address what makes sense, and ignores the rest. */
export function readHistorySearch(search: Record<string, unknown>): HistorySearch {
  const text = (name: string) =>
    search[name] === undefined || search[name] === "" ? undefined : String(search[name]);
  const sort = text("sort");
  return {
    q: text("q"),
    status: STATUSES.find((status) => status === search.status),
    operation: text("operation"),
    owner: search.owner === "all" ? "all" : undefined,
    sort: sort && sort in SORTS && sort !== "newest" ? (sort as SortName) : undefined,
  };
}
