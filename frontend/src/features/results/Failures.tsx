import { Skeleton } from "@mantine/core";
import type { Batch } from "../../core/wire";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Loading } from "../../ui/Loading";
import { FailureGroups } from "./FailureGroups";
import { useFailures } from "./useFailures";

/** What went wrong with the items of a batch; nothing where nothing did. */
export function Failures({ batch }: { batch: Batch }) {
  const failures = useFailures(batch);
  if (batch.failed === 0) return null;
  if (failures.data) {
    return (
      failures.data.length > 0 && <FailureGroups groups={failures.data} failed={batch.failed} />
    );
  }
  if (failures.isError) {
    return <ErrorPanel message={failures.error.message} retry={() => void failures.refetch()} />;
  }
  return (
    <Loading what="the failures">
      <Skeleton height={120} radius={10} />
    </Loading>
  );
}
