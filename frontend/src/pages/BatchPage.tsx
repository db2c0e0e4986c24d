import {
  Alert,
  Anchor,
  Button,
  Group,
  Modal,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  Title,
} from "@mantine/core";
import { useDisclosure, useDocumentTitle } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { FailureGroups } from "../components/FailureGroups";
import { loadBatch } from "../components/LiveUpdates";
import { ProgressBar } from "../components/ProgressBar";
import { ResultsTable } from "../components/ResultsTable";
import { StatusBadge } from "../components/StatusBadge";
import { ApiError, api } from "../core/api";
import { batchStore, TERMINAL } from "../core/batchStore";
import type { Batch } from "../core/events";
import {
  formatDateTime,
  formatDuration,
  formatNumber,
  formatPercent,
  formatRate,
  formatTimeLeft,
} from "../core/format";
import { useBatch } from "../hooks/useBatch";
import { useBatchUpdates } from "../hooks/useBatchUpdates";
import { useNow } from "../hooks/useNow";
import { Problem } from "./BatchesPage";
import { NotFoundPage } from "./NotFoundPage";

export function BatchPage() {
  const { batchId } = useParams({ from: "/app/batches/$batchId" });
  const query = useQuery({ queryKey: ["batch", batchId], queryFn: () => loadBatch(batchId) });
  const batch = useBatch(batchId);
  useBatchUpdates(batchId);
  useDocumentTitle(batch ? titleOf(batch) : "Batch · Batchwire");
  if (batch) return <BatchView batch={batch} />;
  if (query.isError) {
    const gone = query.error instanceof ApiError && query.error.status === 404;
    if (gone)
      return <NotFoundPage what="There is no such batch, or it belongs to somebody else." />;
    return <Problem message={query.error.message} retry={() => void query.refetch()} />;
  }
  return <Skeleton height={260} radius="md" />;
}

function titleOf(batch: Batch): string {
  const state = TERMINAL.has(batch.status) ? batch.status : formatPercent(batch.progress);
  return `${state} · ${batch.name}`;
}

function BatchView({ batch }: { batch: Batch }) {
  const results = useQuery({
    queryKey: ["results", batch.id],
    queryFn: () => api.results(batch.id),
    refetchInterval: () => (!TERMINAL.has(batch.status) && batch.failed > 0 ? 2000 : false),
  });
  const failures = results.data?.failures ?? [];
  return (
    <Stack gap="lg">
      <Header batch={batch} />
      <section className="panel" style={{ padding: 24 }} aria-label="Progress">
        <Bar batch={batch} />
        <Figures batch={batch} />
      </section>
      {batch.error && (
        <Alert color="red" variant="light" title="The batch could not go on" role="alert">
          {batch.error.message}
        </Alert>
      )}
      {failures.length > 0 && <FailureGroups groups={failures} />}
      {(batch.processed > 0 || batch.status === "running") && <ResultsTable batch={batch} />}
      <Details batch={batch} />
    </Stack>
  );
}

function Header({ batch }: { batch: Batch }) {
  return (
    <Group justify="space-between" align="start" wrap="nowrap">
      <div style={{ minWidth: 0 }}>
        <Anchor component={Link} to="/batches" size="sm" c="dimmed">
          Batches
        </Anchor>
        <Group gap="sm" mt={2}>
          <Title order={1} size="h2" style={{ overflowWrap: "anywhere" }}>
            {batch.name}
          </Title>
          <span aria-live="polite">
            <StatusBadge batch={batch} testId="batch-status" />
          </span>
        </Group>
        {batch.description && <Text c="dimmed">{batch.description}</Text>}
      </div>
      {!TERMINAL.has(batch.status) && <CancelButton batch={batch} />}
    </Group>
  );
}

function Bar({ batch }: { batch: Batch }) {
  const line =
    batch.message ||
    (batch.status === "pending"
      ? "Waiting for a worker"
      : batch.total === null
        ? "Reading the input"
        : `${formatNumber(batch.processed)} of ${formatNumber(batch.total)} items`);
  return (
    <>
      <Group justify="space-between" align="baseline" mb="xs">
        <Text size="sm" c="dimmed" data-testid="batch-message">
          {line}
        </Text>
        <Text
          fz={34}
          fw={700}
          lh={1}
          style={{ letterSpacing: "-0.03em" }}
          data-testid="batch-percent"
        >
          {formatPercent(batch.progress)}
        </Text>
      </Group>
      <ProgressBar batch={batch} height={14} testId="batch-progress" />
    </>
  );
}

function Figures({ batch }: { batch: Batch }) {
  const running = !TERMINAL.has(batch.status);
  const now = useNow(running);
  const started = batch.startedAt ? Date.parse(batch.startedAt) : null;
  const elapsed = batch.durationMs ?? (started === null ? null : Math.max(0, now - started));
  const rate =
    running || !batch.durationMs ? batch.rate : (batch.processed * 1000) / batch.durationMs;
  return (
    <SimpleGrid cols={{ base: 2, xs: 3, md: 6 }} mt="lg" spacing="lg">
      <Figure
        label="Successful"
        value={formatNumber(batch.successful)}
        dot="var(--ok)"
        testId="count-successful"
      />
      <Figure
        label="Failed"
        value={formatNumber(batch.failed)}
        dot="var(--bad)"
        testId="count-failed"
      />
      <Figure
        label="Skipped"
        value={formatNumber(batch.skipped)}
        dot="var(--skip)"
        testId="count-skipped"
      />
      <Figure label={running ? "Rate" : "Average rate"} value={formatRate(rate)} />
      <Figure label="Time left" value={running ? formatTimeLeft(batch.etaSeconds) : "–"} />
      <Figure
        label={running ? "Elapsed" : "Took"}
        value={elapsed === null ? "–" : formatDuration(elapsed / 1000)}
      />
    </SimpleGrid>
  );
}

interface FigureProps {
  label: string;
  value: string;
  dot?: string;
  testId?: string;
}

function Figure({ label, value, dot, testId }: FigureProps) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {dot && (
          <span
            aria-hidden
            style={{
              display: "inline-block",
              width: 8,
              height: 8,
              borderRadius: 8,
              marginRight: 6,
              background: dot,
            }}
          />
        )}
        {label}
      </Text>
      <Text fw={600} fz="lg" data-testid={testId}>
        {value}
      </Text>
    </div>
  );
}

function CancelButton({ batch }: { batch: Batch }) {
  const [opened, { open, close }] = useDisclosure(false);
  const cancel = async () => {
    close();
    try {
      batchStore.put((await api.cancel(batch.id)).batch);
    } catch (problem) {
      notifications.show({ color: "red", title: batch.name, message: (problem as Error).message });
    }
  };
  return (
    <>
      <Button variant="default" onClick={open} data-testid="batch-cancel">
        Cancel
      </Button>
      <Modal opened={opened} onClose={close} title="Cancel this batch?" centered>
        <Text>
          {formatNumber(batch.processed)} items are done and stay done. The others are left alone.
        </Text>
        <Group justify="end" mt="lg">
          <Button variant="default" onClick={close}>
            Go on
          </Button>
          <Button color="red" onClick={() => void cancel()} data-testid="confirm-cancel">
            Cancel the batch
          </Button>
        </Group>
      </Modal>
    </>
  );
}

function Details({ batch }: { batch: Batch }) {
  const entries: [string, string][] = [
    ["Operation", batch.operation],
    ["Created", formatDateTime(batch.createdAt)],
  ];
  if (batch.uploadName) entries.push(["File", batch.uploadName]);
  for (const [name, value] of Object.entries({ ...batch.filters, ...batch.options })) {
    const text = Array.isArray(value) ? value.join(", ") : String(value ?? "");
    if (text) entries.push([name, text]);
  }
  if (batch.redeliveries > 0)
    entries.push(["Redeliveries absorbed", formatNumber(batch.redeliveries)]);
  if (batch.recoveries > 0)
    entries.push(["Taken over from lost workers", formatNumber(batch.recoveries)]);
  entries.push(["Id", batch.id]);
  return (
    <section className="panel" style={{ padding: 20 }} aria-labelledby="details">
      <Title order={2} size="h4" mb="sm" id="details">
        Details
      </Title>
      <dl
        style={{
          display: "grid",
          gridTemplateColumns: "minmax(120px, max-content) 1fr",
          gap: "6px 24px",
          margin: 0,
        }}
      >
        {entries.map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <Text component="dt" size="sm" c="dimmed">
              {name}
            </Text>
            <Text component="dd" size="sm" m={0} style={{ overflowWrap: "anywhere" }}>
              {value}
            </Text>
          </div>
        ))}
      </dl>
    </section>
  );
}
