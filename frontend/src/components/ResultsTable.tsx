import { Loader, SegmentedControl, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import { api } from "../core/api";
import type { ItemResult } from "../core/api-types";
import type { Batch } from "../core/events";
import { formatNumber } from "../core/format";

const ROW_PX = 40;
const PAGE = 100;
const COLOURS = { successful: "var(--ok)", failed: "var(--bad)", skipped: "var(--skip)" } as const;

/** What became of each item; pages are fetched as one scrolls. */
export function ResultsTable({ batch }: { batch: Batch }) {
  const [outcome, setOutcome] = useState("all");
  const [text, setText] = useState("");
  const [query] = useDebouncedValue(text, 300);
  const finished = batch.phase === "done";
  const pages = useInfiniteQuery({
    queryKey: ["items", batch.id, outcome, query],
    queryFn: ({ pageParam }) =>
      api.items(batch.id, {
        limit: PAGE,
        cursor: pageParam,
        outcome: outcome === "all" ? undefined : outcome,
        q: query,
      }),
    initialPageParam: -1,
    getNextPageParam: (last) => last.nextCursor,
    refetchInterval: (state) =>
      !finished && (state.state.data?.pages.length ?? 0) <= 1 ? 2000 : false,
  });
  const refetch = pages.refetch;
  useEffect(() => {
    if (finished) void refetch();
  }, [finished, refetch]);
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <section className="panel" aria-labelledby="results">
      <div
        style={{ display: "flex", flexWrap: "wrap", gap: 12, padding: 16, alignItems: "center" }}
      >
        <Title order={2} size="h4" id="results" style={{ flex: 1 }}>
          Results
        </Title>
        <SegmentedControl
          size="xs"
          value={outcome}
          onChange={setOutcome}
          aria-label="Which results"
          data={[
            { value: "all", label: `All ${formatNumber(batch.processed)}` },
            { value: "successful", label: "Successful" },
            { value: "failed", label: `Failed ${formatNumber(batch.failed)}` },
            { value: "skipped", label: "Skipped" },
          ]}
        />
        <TextInput
          size="xs"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          placeholder="Find an item"
          aria-label="Find an item"
          leftSection={<IconSearch size={14} aria-hidden />}
        />
      </div>
      {pages.isPending ? (
        <Text p="lg" c="dimmed">
          <Loader size="xs" mr={8} /> Loading results
        </Text>
      ) : items.length === 0 ? (
        <Text p="lg" c="dimmed" style={{ borderTop: "1px solid var(--line)" }}>
          {query || outcome !== "all" ? "No item matches." : "There are no results yet."}
        </Text>
      ) : (
        <Rows
          items={items}
          hasMore={pages.hasNextPage}
          loadMore={() => {
            if (!pages.isFetching) void pages.fetchNextPage();
          }}
        />
      )}
    </section>
  );
}

interface RowsProps {
  items: ItemResult[];
  hasMore: boolean;
  loadMore: () => void;
}

function Rows({ items, hasMore, loadMore }: RowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<number | null>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    getItemKey: (index) => items[index]?.position ?? index,
  });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= items.length - 20) loadMore();
  }, [hasMore, last, items.length, loadMore]);

  return (
    <section
      ref={scroller}
      aria-label="Results, scrollable"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      style={{ maxHeight: 460, overflow: "auto", borderTop: "1px solid var(--line)" }}
    >
      <div style={{ height: rows.getTotalSize(), position: "relative" }}>
        {visible.map((row) => {
          const item = items[row.index];
          if (!item) return null;
          return (
            <div
              key={row.key}
              ref={rows.measureElement}
              data-index={row.index}
              style={{
                position: "absolute",
                insetInline: 0,
                transform: `translateY(${row.start}px)`,
              }}
            >
              <Row
                item={item}
                open={open === item.position}
                toggle={() => setOpen(open === item.position ? null : item.position)}
              />
            </div>
          );
        })}
      </div>
    </section>
  );
}

function Row({ item, open, toggle }: { item: ItemResult; open: boolean; toggle: () => void }) {
  return (
    <>
      <button type="button" className="item-row" aria-expanded={open} onClick={toggle}>
        <span className="ellipsis" title={item.key}>
          {item.key}
        </span>
        <span style={{ color: COLOURS[item.outcome] }}>{item.outcome}</span>
        <Text component="span" size="sm" c="dimmed" className="ellipsis wide">
          {item.error ? item.error.message : shorten(item.result)}
        </Text>
        <Text component="span" size="xs" c="dimmed" ta="right" className="time">
          {item.durationMs < 10 ? item.durationMs.toFixed(1) : Math.round(item.durationMs)} ms
        </Text>
      </button>
      {open && <pre className="json">{JSON.stringify(item.error ?? item.result, null, 2)}</pre>}
    </>
  );
}

function shorten(result: unknown): string {
  if (result === null || result === undefined) return "";
  if (typeof result !== "object") return String(result);
  const record = result as Record<string, unknown>;
  const main = record.summary ?? record.title;
  return typeof main === "string" ? main : JSON.stringify(result).slice(0, 200);
}
