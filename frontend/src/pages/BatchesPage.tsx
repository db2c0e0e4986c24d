import {
  Button,
  Center,
  Group,
  Select,
  Skeleton,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useDebouncedValue, useDocumentTitle } from "@mantine/hooks";
import { IconPlus, IconSearch, IconStack2 } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ProgressBar } from "../components/ProgressBar";
import { StatusBadge } from "../components/StatusBadge";
import { api } from "../core/api";
import { batchStore } from "../core/batchStore";
import type { Batch } from "../core/events";
import { formatDateTime, formatNumber, formatPercent, formatTimeLeft } from "../core/format";
import { useBatch } from "../hooks/useBatch";

const STATUSES = ["pending", "running", "paused", "completed", "failed", "cancelled"];
const PAGE = 50;

export function BatchesPage() {
  useDocumentTitle("Batches · Batchwire");
  const [text, setText] = useState("");
  const [query] = useDebouncedValue(text, 250);
  const [status, setStatus] = useState<string | null>(null);
  const [operation, setOperation] = useState<string | null>(null);
  const operations = useQuery({ queryKey: ["operations"], queryFn: api.operations });
  const pages = useInfiniteQuery({
    queryKey: ["history", query, status, operation],
    queryFn: async ({ pageParam }) => {
      const page = await api.history({
        q: query,
        status,
        operation,
        limit: PAGE,
        cursor: pageParam,
      });
      for (const batch of page.batches) batchStore.put(batch);
      return page;
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });
  const batches = pages.data?.pages.flatMap((page) => page.batches) ?? [];
  const total = pages.data?.pages[0]?.total ?? 0;
  const filtered = Boolean(query || status || operation);

  return (
    <Stack gap="lg">
      <Group justify="space-between" align="end">
        <div>
          <Title order={1} size="h2">
            Batches
          </Title>
          <Text c="dimmed" size="sm" role="status">
            {pages.isPending
              ? "Loading"
              : `${formatNumber(total)} ${total === 1 ? "batch" : "batches"}`}
          </Text>
        </div>
        <Group gap="sm">
          <TextInput
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            placeholder="Search"
            aria-label="Search batches"
            leftSection={<IconSearch size={16} aria-hidden />}
            w={200}
          />
          <Select
            value={status}
            onChange={setStatus}
            data={STATUSES}
            placeholder="Any status"
            aria-label="Status"
            clearable
            w={150}
          />
          <Select
            value={operation}
            onChange={setOperation}
            data={(operations.data?.operations ?? []).map(({ name, title }) => ({
              value: name,
              label: title,
            }))}
            placeholder="Any operation"
            aria-label="Operation"
            clearable
            w={180}
          />
        </Group>
      </Group>
      {pages.isError && (
        <Problem message={pages.error.message} retry={() => void pages.refetch()} />
      )}
      {pages.isPending ? (
        <Loading />
      ) : batches.length > 0 ? (
        <div className="panel" style={{ overflow: "hidden" }}>
          {batches.map((batch) => (
            <BatchRow key={batch.id} initial={batch} />
          ))}
        </div>
      ) : (
        !pages.isError && <Empty filtered={filtered} />
      )}
      {pages.hasNextPage && (
        <Center>
          <Button
            variant="default"
            loading={pages.isFetchingNextPage}
            onClick={() => void pages.fetchNextPage()}
          >
            Show more
          </Button>
        </Center>
      )}
    </Stack>
  );
}

function BatchRow({ initial }: { initial: Batch }) {
  const batch = useBatch(initial.id) ?? initial;
  return (
    <Link
      to="/batches/$batchId"
      params={{ batchId: batch.id }}
      className="batch-row"
      data-testid={`batch-row-${batch.id}`}
    >
      <div style={{ minWidth: 0 }}>
        <Text fw={600} className="ellipsis">
          {batch.name}
        </Text>
        <Text size="sm" c="dimmed">
          {formatDateTime(batch.createdAt)}
        </Text>
      </div>
      <div>
        <StatusBadge batch={batch} />
      </div>
      <div className="wide">
        <ProgressBar batch={batch} />
        <Group justify="space-between" mt={6} gap="xs">
          <Text size="xs" c="dimmed">
            {batch.total === null
              ? batch.message || "Waiting"
              : `${formatNumber(batch.processed)} of ${formatNumber(batch.total)}`}
          </Text>
          {batch.failed > 0 && (
            <Text size="xs" c="var(--bad)">
              {formatNumber(batch.failed)} failed
            </Text>
          )}
        </Group>
      </div>
      <Text size="sm" ta="right" fw={600} className="wide">
        {formatPercent(batch.progress)}
        {batch.status === "running" && batch.etaSeconds !== null && (
          <Text component="span" display="block" size="xs" c="dimmed" fw={400}>
            {formatTimeLeft(batch.etaSeconds)}
          </Text>
        )}
      </Text>
    </Link>
  );
}

function Loading() {
  return (
    <Stack className="panel" p="lg" aria-hidden>
      {[1, 2, 3, 4].map((row) => (
        <Skeleton key={row} height={38} radius="sm" />
      ))}
    </Stack>
  );
}

function Empty({ filtered }: { filtered: boolean }) {
  return (
    <Center className="panel" py={72} px="md">
      <Stack align="center" gap="xs">
        <IconStack2 size={40} stroke={1.2} aria-hidden />
        <Title order={2} size="h4">
          {filtered ? "No batch matches" : "No batches yet"}
        </Title>
        <Text c="dimmed" ta="center">
          {filtered
            ? "Try another search or another status."
            : "Start one: annotate functions of the catalog, or import a file."}
        </Text>
        {!filtered && (
          <Button
            mt="sm"
            component={Link}
            to="/batches/new"
            leftSection={<IconPlus size={16} aria-hidden />}
          >
            Start a batch
          </Button>
        )}
      </Stack>
    </Center>
  );
}

export function Problem({ message, retry }: { message: string; retry?: () => void }) {
  return (
    <Group className="panel" p="lg" role="alert" justify="space-between">
      <Text c="var(--bad)">{message}</Text>
      {retry && (
        <Button variant="default" size="xs" onClick={retry}>
          Try again
        </Button>
      )}
    </Group>
  );
}
