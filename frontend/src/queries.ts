// All that the pages ask the server and keep, each under one key. No key is written anywhere else.
import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { api } from "./core/api";
import { batchStore } from "./core/batchStore";
import type { Query } from "./core/http";

const PAGE = 50;
const ITEMS_PAGE = 100;
const NODES_PAGE = 100;
const NOTIFICATIONS_PAGE = 20;
/** So many of a user's newest batches are searched for those that have not ended. */
const RECENT = 100;
const FIVE_MINUTES_MS = 300_000;

/** What the keys begin with of which several are asked for anew together. */
const HISTORY = "history";
const STATS = "stats";
const BATCH = "batch";
const RESULTS = "results";
const ITEMS = "items";
const CATALOG = "catalog";

/** Which batches a list shows, and in which order. */
export type HistoryFilter = Pick<
  Query,
  "q" | "status" | "operation" | "owner" | "sortBy" | "sortOrder"
>;

export const queries = {
  authOptions: () => queryOptions({ queryKey: ["auth-options"], queryFn: () => api.authOptions() }),

  operations: () =>
    queryOptions({
      queryKey: ["operations"],
      queryFn: () => api.operations(),
      // They change only with a new release of the server.
      staleTime: FIVE_MINUTES_MS,
    }),

  areas: () => queryOptions({ queryKey: ["areas"], queryFn: () => api.areas() }),

  stats: () => queryOptions({ queryKey: [STATS], queryFn: () => api.stats() }),

  history: (filter: HistoryFilter) =>
    infiniteQueryOptions({
      queryKey: [HISTORY, "pages", filter],
      queryFn: ({ pageParam }) => loadHistory({ ...filter, limit: PAGE, cursor: pageParam }),
      initialPageParam: null as string | null,
      getNextPageParam: (last) => last.nextCursor,
    }),

  recentBatches: () =>
    queryOptions({
      queryKey: [HISTORY, "recent"],
      queryFn: () => loadHistory({ sortBy: "createdAt", sortOrder: "desc", limit: RECENT }),
    }),

  batch: (id: string) => queryOptions({ queryKey: [BATCH, id], queryFn: () => loadBatch(id) }),

  results: (id: string) =>
    queryOptions({ queryKey: [RESULTS, id], queryFn: () => loadResults(id) }),

  items: (id: string, filter: { outcome?: string; q: string }) =>
    infiniteQueryOptions({
      queryKey: [ITEMS, id, filter],
      queryFn: ({ pageParam }) =>
        api.items(id, { ...filter, limit: ITEMS_PAGE, cursor: pageParam }),
      initialPageParam: -1,
      getNextPageParam: (last) => last.nextCursor,
    }),

  /** The nodes below one; below null stand those at the top of the tree. */
  catalogChildren: (parent: string | null) =>
    infiniteQueryOptions({
      queryKey: [CATALOG, "children", parent],
      queryFn: ({ pageParam }) =>
        api.catalogChildren(parent, { offset: pageParam, limit: NODES_PAGE }),
      initialPageParam: 0,
      getNextPageParam: (last, all) => (last.hasMore ? all.length * NODES_PAGE : undefined),
    }),

  catalogNode: (id: string) =>
    queryOptions({ queryKey: [CATALOG, "node", id], queryFn: () => api.catalogNode(id) }),

  catalogSearch: (filter: { q: string; kind?: string }) =>
    queryOptions({
      queryKey: [CATALOG, "search", filter],
      queryFn: () => api.catalogSearch(filter),
    }),

  chatRooms: () => queryOptions({ queryKey: ["chat-rooms"], queryFn: () => api.chatRooms() }),

  chatMessages: (room: string) =>
    infiniteQueryOptions({
      queryKey: ["chat", room],
      queryFn: ({ pageParam }) => api.chatMessages({ room, before: pageParam, limit: PAGE }),
      initialPageParam: null as number | null,
      getNextPageParam: (last) => last.nextBefore,
      // What comes after it comes over the socket.
      staleTime: Number.POSITIVE_INFINITY,
      // Nobody hears what is said once this is left, so that whoever comes back loads it anew.
      gcTime: 0,
    }),

  dashboard: () =>
    queryOptions({
      queryKey: ["dashboard"],
      queryFn: () => api.dashboard(),
      // What comes after it comes over the socket.
      staleTime: Number.POSITIVE_INFINITY,
    }),

  notifications: () =>
    infiniteQueryOptions({
      queryKey: ["notifications"],
      queryFn: ({ pageParam }) =>
        api.notifications({ limit: NOTIFICATIONS_PAGE, cursor: pageParam }),
      initialPageParam: null as string | null,
      getNextPageParam: (last) => last.nextCursor,
    }),

  processes: () => queryOptions({ queryKey: ["processes"], queryFn: () => api.processes() }),

  connections: (page: { q: string; offset: number; limit: number }) =>
    queryOptions({ queryKey: ["connections", page], queryFn: () => api.connections(page) }),

  systemStatus: () =>
    queryOptions({ queryKey: ["system-status"], queryFn: () => api.systemStatus() }),
};

/** Asks anew for the lists of batches and the counts above them. */
export function refreshLists(client: QueryClient): void {
  for (const key of [HISTORY, STATS]) void client.invalidateQueries({ queryKey: [key] });
}

/** Asks anew for what events do not carry: times, recoveries, retries, failures and items of a batch. */
export function refreshBatch(client: QueryClient, batchId: string): void {
  for (const key of [BATCH, RESULTS, ITEMS]) {
    void client.invalidateQueries({ queryKey: [key, batchId] });
  }
}

/** Asks anew for all that is shown of the catalog. */
export function refreshCatalog(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: [CATALOG] });
}

/** Asks anew for what the user was told. */
export function refreshNotifications(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: queries.notifications().queryKey });
}

/** Asks anew how the system does. */
export function refreshSystemStatus(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: queries.systemStatus().queryKey });
}

async function loadHistory(query: Query) {
  const page = await api.history(query);
  for (const batch of page.batches) batchStore.put(batch);
  return page;
}

/** Fetches a batch and puts it into the store; gives what the store then holds. */
async function loadBatch(id: string) {
  const { batch } = await api.batch(id);
  batchStore.put(batch);
  return batchStore.get(id) ?? batch;
}

async function loadResults(id: string) {
  const answer = await api.results(id);
  // It may be ahead of the ticks.
  batchStore.put(answer.batch);
  return answer;
}
