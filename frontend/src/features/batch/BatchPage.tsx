import { Skeleton, Stack } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useParams } from "@tanstack/react-router";
import { ApiError } from "../../core/api";
import type { Batch } from "../../core/wire";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { NotFoundPage } from "../../ui/NotFoundPage";
import { describeState } from "../batches/describe";
import { useBatchQuery } from "../batches/useBatchQuery";
import { useBatchUpdates } from "../batches/useBatchUpdates";
import { useOperation } from "../batches/useOperations";
import { FailureGroups } from "../results/FailureGroups";
import { ResultsTable } from "../results/ResultsTable";
import { useFailures } from "../results/useFailures";
import { BatchDetails } from "./BatchDetails";
import { BatchHeader } from "./BatchHeader";
import classes from "./BatchPage.module.css";
import { BatchProgressPanel } from "./BatchProgressPanel";

export function BatchPage() {
  const { batchId } = useParams({ from: "/app/batches/$batchId" });
  const { batch, query } = useBatchQuery(batchId);
  // The owner's connections get the events anyway; an admin's get them by being in the batch's room.
  useBatchUpdates(batchId);
  if (batch) return <BatchView batch={batch} />;
  if (!query.isError) return <Loading />;
  const isMissing = query.error instanceof ApiError && query.error.status === 404;
  return isMissing ? (
    <NotFoundPage what="There is no such batch, or it belongs to somebody else." />
  ) : (
    <ErrorPanel message={query.error.message} retry={() => void query.refetch()} />
  );
}

function BatchView({ batch }: { batch: Batch }) {
  useDocumentTitle(`${describeState(batch)} · ${batch.name}`);
  const operation = useOperation(batch.operation);
  const failures = useFailures(batch);
  const itemLabel = operation?.itemLabel ?? "items";
  return (
    <>
      <BatchHeader batch={batch} operation={operation} />
      <BatchProgressPanel batch={batch} itemLabel={itemLabel} />
      <div className={classes.columns}>
        <Stack gap={20} miw={0}>
          {failures.length > 0 && <FailureGroups groups={failures} failed={batch.failed} />}
          <ResultsTable batch={batch} itemLabel={itemLabel} />
        </Stack>
        <BatchDetails batch={batch} operation={operation} />
      </div>
    </>
  );
}

function Loading() {
  return (
    <Stack gap={20} aria-hidden>
      <Skeleton height={14} width={80} />
      <Skeleton height={26} width="min(100%, 360px)" />
      <Skeleton height={196} radius={10} />
      <Skeleton height={320} radius={10} />
    </Stack>
  );
}
