import { IconPlayerPauseFilled } from "@tabler/icons-react";
import { isOver } from "../../core/batchStore";
import { formatNumber, formatPercent } from "../../core/format";
import type { Batch } from "../../core/wire";
import { describePhase, isOpen } from "../batches/describe";
import { ProgressBar } from "../batches/ProgressBar";
import { BatchFigures } from "./BatchFigures";
import { BatchNotes } from "./BatchNotes";
import classes from "./BatchProgressPanel.module.css";
import { ProgressAnnouncer } from "./ProgressAnnouncer";

interface Props {
  batch: Batch;
  itemLabel: string;
}

/** How far it is: the percentage, the bar, what its segments mean, and how fast it goes. */
export function BatchProgressPanel({ batch, itemLabel }: Props) {
  const [whole, rest] = isOpen(batch)
    ? [formatNumber(batch.processed), " done"]
    : splitPercent(batch.progress);
  const left = batch.total === null ? null : batch.total - batch.processed;
  return (
    <section className={`panel ${classes.panel}`} aria-label="Progress">
      <div className={classes.top}>
        <p className={classes.percent} data-testid="batch-percent">
          {whole}
          <span className={classes.small}>{rest}</span>
        </p>
        <p className={classes.phase} data-status={batch.status} data-testid="batch-message">
          {batch.status === "paused" && <IconPlayerPauseFilled size={14} aria-hidden />}
          {describePhase(batch, itemLabel)}
        </p>
      </div>
      <ProgressBar batch={batch} size="lg" testId="batch-progress" />
      <dl className={classes.counts}>
        <Count label="Successful" value={batch.successful} tone="ok" testId="count-successful" />
        <Count label="Failed" value={batch.failed} tone="bad" testId="count-failed" />
        <Count label="Skipped" value={batch.skipped} tone="skip" testId="count-skipped" />
        <Count
          label={isOver(batch) ? "Not done" : "To do"}
          value={left}
          tone="track"
          testId="count-left"
        />
      </dl>
      <BatchFigures batch={batch} itemLabel={itemLabel} />
      <BatchNotes batch={batch} />
      <ProgressAnnouncer batch={batch} />
    </section>
  );
}

interface CountProps {
  label: string;
  value: number | null;
  tone: "ok" | "bad" | "skip" | "track";
  testId: string;
}

function Count({ label, value, tone, testId }: CountProps) {
  return (
    <div className={classes.count}>
      <dt>
        <i className={classes.dot} data-tone={tone} />
        {label}
      </dt>
      <dd data-testid={testId} data-zero={value === 0 || undefined}>
        {value === null ? "–" : formatNumber(value)}
      </dd>
    </div>
  );
}

function splitPercent(progress: number): [string, string] {
  const text = formatPercent(progress);
  const cut = text.search(/[.%]/);
  return [text.slice(0, cut), text.slice(cut)];
}
