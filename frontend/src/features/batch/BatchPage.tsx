import { Skeleton, Stack, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ApiError } from "../../core/api";
import type { Batch } from "../../core/wire";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Loading } from "../../ui/Loading";
import { NotFoundPage } from "../../ui/NotFoundPage";
import { describeState } from "../batches/describe";
import { useBatchQuery } from "../batches/useBatchQuery";
import { useBatchUpdates } from "../batches/useBatchUpdates";
import { useOperation } from "../batches/useOperations";
import { Failures } from "../results/Failures";
import { ResultsTable } from "../results/ResultsTable";
import { BatchDetails } from "./BatchDetails";
import { BatchHeader } from "./BatchHeader";
import classes from "./BatchPage.module.css";
import { BatchProgressPanel } from "./BatchProgressPanel";

export function BatchPage() {
  const { batchId } = useParams({ from: "/app/batches/$batchId" });
  const { batch, query } = useBatchQuery(batchId);
  // The owner's connections get the events anyway; an admin's get them by being in the batch's room.
  useBatchUpdates(batchId);
  // It may be gone, though the list that led here still had it.
  if (query.error instanceof ApiError && query.error.status === 404) {
    return <NotFoundPage what="There is no such batch, or it belongs to somebody else." />;
  }
  if (batch) return <BatchView batch={batch} />;
  return (
    <WithoutBatch>
      {query.isError ? (
        <ErrorPanel message={query.error.message} retry={() => void query.refetch()} />
      ) : (
        <Loading what="the batch">
          <Shapes />
        </Loading>
      )}
    </WithoutBatch>
  );
}

/** The page while nobody can say how its batch is called. */
function WithoutBatch({ children }: { children: ReactNode }) {
  useDocumentTitle("Batch · Batchwire");
  return (
    <>
      <Title order={1} className="visually-hidden">
        Batch
      </Title>
      {children}
    </>
  );
}

function BatchView({ batch }: { batch: Batch }) {
  useDocumentTitle(`${describeState(batch)} · ${batch.name}`);
  const operation = useOperation(batch.operation);
  const itemLabel = operation?.itemLabel ?? "items";
  return (
    <>
      <BatchHeader batch={batch} operation={operation} />
      <BatchProgressPanel batch={batch} itemLabel={itemLabel} />
      <div className={classes.columns}>
        <Stack gap={20} miw={0}>
          <Failures batch={batch} />
          <ResultsTable batch={batch} itemLabel={itemLabel} />
        </Stack>
        <BatchDetails batch={batch} operation={operation} />
      </div>
    </>
  );
}

function Shapes() {
  return (
    <Stack gap={20}>
      <Skeleton height={14} width={80} />
      <Skeleton height={26} width="min(100%, 360px)" />
      <Skeleton height={196} radius={10} />
      <Skeleton height={320} radius={10} />
    </Stack>
  );
}
