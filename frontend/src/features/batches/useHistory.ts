import { useInfiniteQuery } from "@tanstack/react-query";
import { api } from "../../core/api";
import { batchStore, isOver } from "../../core/batchStore";
import { useIsConnected } from "../../ui/useConnectionState";
import { type HistorySearch, SORTS } from "./historySearch";

const PAGE = 50;
const POLL_MS = 4000;

/** The batches that the search asks for, page by page. */
export function useHistory(search: HistorySearch) {
  const isLive = useIsConnected();
  const { sortBy, sortOrder } = SORTS[search.sort ?? "newest"];
  const { q, status, operation, owner } = search;
  return useInfiniteQuery({
    queryKey: ["history", q, status, operation, owner, sortBy, sortOrder],
    queryFn: async ({ pageParam }) => {
      const query = { q, status, operation, owner, sortBy, sortOrder };
      const page = await api.history({ ...query, limit: PAGE, cursor: pageParam });
      for (const batch of page.batches) batchStore.put(batch);
      return page;
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: (previous) => previous,
    // Other people's batches send no events here, and without a connection nobody's do.
    refetchInterval: ({ state }) => {
      const isMoving = state.data?.pages.some((page) => page.batches.some((one) => !isOver(one)));
      return (!isLive || owner === "all") && isMoving ? POLL_MS : false;
    },
  });
}
