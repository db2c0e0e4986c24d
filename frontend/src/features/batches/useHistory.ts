import { useInfiniteQuery } from "@tanstack/react-query";
import { isOver } from "../../core/batchStore";
import { queries } from "../../queries";
import { useIsConnected } from "../../ui/useConnectionState";
import { type HistorySearch, SORTS } from "./historySearch";

const POLL_MS = 4000;

/** The batches that the search asks for, page by page. */
export function useHistory(search: HistorySearch) {
  const isLive = useIsConnected();
  const { sortBy, sortOrder } = SORTS[search.sort ?? "newest"];
  const { q, status, operation, owner } = search;
  return useInfiniteQuery({
    ...queries.history({ q, status, operation, owner, sortBy, sortOrder }),
    placeholderData: (previous) => previous,
    // Other people's batches send no events here, and without a connection nobody's do.
    refetchInterval: ({ state }) => {
      const isMoving = state.data?.pages.some((page) => page.batches.some((one) => !isOver(one)));
      return (!isLive || owner === "all") && isMoving ? POLL_MS : false;
    },
  });
}
