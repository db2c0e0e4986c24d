import { Button, Center, Skeleton, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { api } from "../../core/api";
import { batchStore, isOver } from "../../core/batchStore";
import { formatCount } from "../../core/format";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useIsConnected } from "../../ui/useConnectionState";
import { useIsAdmin } from "../../ui/useSession";
import classes from "./BatchesPage.module.css";
import { BatchFilters } from "./BatchFilters";
import { BatchRow } from "./BatchRow";
import { type HistorySearch, SORTS } from "./historySearch";
import { NoBatches } from "./NoBatches";
import { StatusTabs } from "./StatusTabs";

const PAGE = 50;
const POLL_MS = 4000;
const SKELETON_ROWS = ["a", "b", "c", "d", "e"];

export function BatchesPage() {
  useDocumentTitle("Batches · Batchwire");
  const search = useSearch({ from: "/app/batches" });
  const navigate = useNavigate();
  const change = (changes: Partial<HistorySearch>) =>
    navigate({ to: "/batches", search: (old) => ({ ...old, ...changes }), replace: true });
  const pages = useHistory(search);
  const batches = pages.data?.pages.flatMap((page) => page.batches) ?? [];
  const total = pages.data?.pages[0]?.total ?? 0;
  const isFiltered = Boolean(search.q || search.status || search.operation);
  // Where there is nothing to search in, there is nothing to search with; admins may look at others'.
  const isAdmin = useIsAdmin();
  const isBlank = pages.isSuccess && total === 0 && !isFiltered && !isAdmin;

  return (
    <>
      <div className={classes.head}>
        <Title order={1}>Batches</Title>
        <Text c="dimmed" size="sm" role="status">
          {pages.isPending ? "Loading" : formatCount(total, "batches")}
        </Text>
      </div>
      {!isBlank && (
        <>
          <StatusTabs
            value={search.status}
            onChange={(status) => change({ status })}
            hasCounts={search.owner !== "all"}
          />
          <BatchFilters search={search} change={change} />
        </>
      )}
      {pages.isError && (
        <ErrorPanel message={pages.error.message} retry={() => void pages.refetch()} />
      )}
      {pages.isPending ? (
        <Loading />
      ) : batches.length > 0 ? (
        <ul className={`panel ${classes.list}`} data-stale={pages.isPlaceholderData || undefined}>
          {batches.map((batch) => (
            <li key={batch.id}>
              <BatchRow initial={batch} />
            </li>
          ))}
        </ul>
      ) : (
        !pages.isError && (
          <NoBatches
            isFiltered={isFiltered}
            clear={() => change({ q: undefined, status: undefined, operation: undefined })}
          />
        )
      )}
      {pages.hasNextPage && (
        <Center mt="md">
          <Button
            variant="default"
            loading={pages.isFetchingNextPage}
            onClick={() => void pages.fetchNextPage()}
          >
            Show more
          </Button>
        </Center>
      )}
    </>
  );
}

function useHistory(search: HistorySearch) {
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

function Loading() {
  return (
    <ul className={`panel ${classes.list}`} aria-hidden>
      {SKELETON_ROWS.map((row) => (
        <li key={row} className={classes.skeleton}>
          <Skeleton height={34} width={34} radius={8} />
          <div>
            <Skeleton height={12} width="38%" mb={9} />
            <Skeleton height={9} width="22%" />
          </div>
          <Skeleton height={6} width={220} visibleFrom="sm" />
        </li>
      ))}
    </ul>
  );
}
