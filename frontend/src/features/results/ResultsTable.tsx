import { Skeleton, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { isOver } from "../../core/batchStore";
import { formatNumber } from "../../core/format";
import type { Batch, ItemOutcome } from "../../core/wire";
import { queries } from "../../queries";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Loading } from "../../ui/Loading";
import { ResultRows } from "./ResultRows";
import classes from "./ResultsTable.module.css";

const TYPING_PAUSE_MS = 300;
const WHILE_RUNNING_MS = 2500;
const WHILE_EMPTY_MS = 700;
/** Beyond this many pages a running batch's list is not fetched again by itself. */
const PAGES_TO_REFRESH = 2;

type Outcome = "all" | ItemOutcome;

/** What became of each item; pages are fetched as one scrolls. */
export function ResultsTable({ batch, itemLabel }: { batch: Batch; itemLabel: string }) {
  const [outcome, setOutcome] = useState<Outcome>("all");
  const [text, setText] = useState("");
  const [typed] = useDebouncedValue(text.trim(), TYPING_PAUSE_MS);
  const pages = useItems(batch, outcome, typed);
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="panel" aria-labelledby="results">
      <div className={classes.head}>
        <Title order={2} id="results">
          Results
        </Title>
        <OutcomeTabs batch={batch} value={outcome} onChange={setOutcome} />
        <TextInput
          type="search"
          size="xs"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          placeholder="Find by key"
          aria-label={`Find ${itemLabel} by key`}
          leftSection={<IconSearch size={14} stroke={1.8} aria-hidden />}
          className={classes.search}
        />
      </div>
      {pages.isError && items.length === 0 ? (
        <ErrorPanel message={pages.error.message} retry={() => void pages.refetch()} />
      ) : pages.isPending ? (
        <Loading what="the results">
          <Shapes />
        </Loading>
      ) : items.length === 0 ? (
        <p className={classes.empty}>{describeNothing(batch, outcome, typed, itemLabel)}</p>
      ) : (
        <ResultRows
          // Another list begins at its top again.
          key={`${outcome} ${typed}`}
          items={items}
          pages={pages}
        />
      )}
    </section>
  );
}

function useItems(batch: Batch, outcome: Outcome, typed: string) {
  return useInfiniteQuery({
    ...queries.items(batch.id, { outcome: outcome === "all" ? undefined : outcome, q: typed }),
    refetchInterval: ({ state }) => {
      // The message of a failure stays, and nothing is asked for behind it.
      const shown = state.data?.pages ?? [];
      if (!state.data || batch.status !== "running" || shown.length > PAGES_TO_REFRESH)
        return false;
      return shown[0]?.items.length ? WHILE_RUNNING_MS : WHILE_EMPTY_MS;
    },
  });
}

interface TabsProps {
  batch: Batch;
  value: Outcome;
  onChange: (outcome: Outcome) => void;
}

function OutcomeTabs({ batch, value, onChange }: TabsProps) {
  const tabs: [Outcome, string, number][] = [
    ["all", "All", batch.processed],
    ["successful", "Successful", batch.successful],
    ["failed", "Failed", batch.failed],
    ["skipped", "Skipped", batch.skipped],
  ];
  return (
    <fieldset className={classes.tabs} aria-label="Which results">
      {tabs.map(([outcome, label, count]) => (
        <button
          key={outcome}
          type="button"
          className={classes.tab}
          aria-pressed={value === outcome}
          onClick={() => onChange(outcome)}
          data-testid={`results-${outcome}`}
        >
          {label} <span className={classes.count}>{formatNumber(count)}</span>
        </button>
      ))}
    </fieldset>
  );
}

function describeNothing(batch: Batch, outcome: Outcome, typed: string, itemLabel: string): string {
  if (typed) return `No ${itemLabel} whose key contains “${typed}”.`;
  if (outcome !== "all") return `No ${outcome} ${itemLabel}.`;
  return isOver(batch)
    ? "There are no results."
    : "Results appear here as soon as the first of them are done.";
}

function Shapes() {
  return (
    <div className={classes.loading}>
      {["60%", "72%", "54%", "66%"].map((width) => (
        <Skeleton key={width} height={12} width={width} />
      ))}
    </div>
  );
}
