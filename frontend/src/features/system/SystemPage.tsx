import { Skeleton, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { queries } from "../../queries";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Loading } from "../../ui/Loading";
import { useIsAdmin } from "../../ui/useSession";
import { ConnectionsTable } from "./ConnectionsTable";
import { Processes } from "./Processes";

/** The processes tell of themselves every two seconds. */
const REFRESH_MS = 2000;

/** What runs and who is connected, over all processes; for admins. */
export function SystemPage() {
  useDocumentTitle("System · Batchwire");
  const isAdmin = useIsAdmin();
  return (
    <>
      <div className="page-head">
        <Title order={1}>System</Title>
        <p className="note">All processes on all machines, every two seconds</p>
      </div>
      {isAdmin ? <Everything /> : <ErrorPanel message="This page is for admins only" />}
    </>
  );
}

function Everything() {
  const found = useQuery({
    ...queries.processes(),
    // The message of a failure stays, and nothing is asked for behind it.
    refetchInterval: ({ state }) => (state.data ? REFRESH_MS : false),
  });
  if (found.isPending) {
    return (
      <Loading what="the processes">
        <Skeleton height={420} radius="md" />
      </Loading>
    );
  }
  return (
    <>
      {found.isError && (
        <ErrorPanel message={found.error.message} retry={() => void found.refetch()} />
      )}
      {found.data && <Processes found={found.data} />}
      <ConnectionsTable refreshMs={REFRESH_MS} />
    </>
  );
}
