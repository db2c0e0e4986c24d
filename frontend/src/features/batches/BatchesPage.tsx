import { Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { formatCount } from "../../core/format";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { hasFailed } from "../../ui/MorePages";
import { useIsAdmin } from "../../ui/useSession";
import classes from "./BatchesPage.module.css";
import { BatchFilters } from "./BatchFilters";
import { BatchList } from "./BatchList";
import type { HistorySearch } from "./historySearch";
import { StatusTabs } from "./StatusTabs";
import { useHistory } from "./useHistory";

export function BatchesPage() {
  useDocumentTitle("Batches · Batchwire");
  const search = useSearch({ from: "/app/batches" });
  const navigate = useNavigate();
  const change = (changes: Partial<HistorySearch>) =>
    navigate({ to: "/batches", search: (old) => ({ ...old, ...changes }), replace: true });
  const pages = useHistory(search);
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
          {pages.isPending ? "Loading" : pages.data && formatCount(total, "batches")}
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
      {hasFailed(pages) && (
        <ErrorPanel message={pages.error?.message ?? ""} retry={() => void pages.refetch()} />
      )}
      <BatchList
        pages={pages}
        isFiltered={isFiltered}
        clear={() => change({ q: undefined, status: undefined, operation: undefined })}
      />
    </>
  );
}
