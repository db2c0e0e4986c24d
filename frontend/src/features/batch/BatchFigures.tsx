import { isOver } from "../../core/batchStore";
import {
  formatClock,
  formatClockIn,
  formatCount,
  formatDate,
  formatDuration,
  formatElapsed,
  formatNumber,
  formatRate,
  formatTimeLeft,
} from "../../core/format";
import type { Batch } from "../../core/wire";
import { useNow } from "../../ui/useNow";
import { isOpen } from "../batches/describe";
import classes from "./BatchFigures.module.css";

const WORTH_A_CLOCK_SECONDS = 90;

/** Speed and times: measured ones at the end, current ones and an estimate before. */
export function BatchFigures({ batch, itemLabel }: { batch: Batch; itemLabel: string }) {
  const isDone = isOver(batch);
  const now = useNow(!isDone);
  const items = {
    label: "Total",
    value: batch.total === null ? "–" : formatNumber(batch.total),
    note: describeTotal(batch, itemLabel),
  };
  const figures = isDone ? figuresAtEnd(batch) : figuresNow(batch, now);
  return (
    <dl className={classes.figures}>
      {[...figures, items].map(({ label, value, note }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
          <dd className={classes.note}>{note}</dd>
        </div>
      ))}
    </dl>
  );
}

function describeTotal(batch: Batch, itemLabel: string): string {
  if (batch.total !== null) return formatCount(batch.total, itemLabel).replace(/^\S+ /, "");
  if (isOver(batch)) return "never counted";
  return isOpen(batch) ? "still open" : "not counted yet";
}

interface Figure {
  label: string;
  value: string;
  note: string;
}

function figuresNow(batch: Batch, now: number): Figure[] {
  const elapsed = batch.startedAt ? (now - Date.parse(batch.startedAt)) / 1000 : null;
  const isPaused = batch.status === "paused";
  const eta = isPaused ? null : batch.etaSeconds;
  return [
    batch.status === "running"
      ? { label: "Rate", value: formatRate(batch.rate), note: "at the moment" }
      : { label: "Rate", value: "–", note: isPaused ? "paused" : "not running yet" },
    { label: "Time left", value: formatTimeLeft(eta), note: describeTimeLeft(batch, eta, now) },
    {
      label: "Elapsed",
      value: elapsed === null ? "–" : formatElapsed(elapsed),
      note: batch.startedAt
        ? `since ${formatClock(batch.startedAt)}${isPaused ? ", pauses included" : ""}`
        : "not started yet",
    },
  ];
}

function describeTimeLeft(batch: Batch, eta: number | null, now: number): string {
  if (batch.status === "paused") return "paused";
  if (eta === null) return "not known yet";
  return eta > WORTH_A_CLOCK_SECONDS ? `until ${formatClockIn(eta, now)}` : "at the present rate";
}

function figuresAtEnd(batch: Batch): Figure[] {
  const seconds = (batch.durationMs ?? 0) / 1000;
  return [
    {
      label: "Rate",
      value: formatRate(seconds > 0 ? batch.processed / seconds : 0),
      note: "on average",
    },
    {
      label: "Took",
      value: batch.durationMs === null ? "–" : formatDuration(seconds),
      note: batch.processed > 0 ? "from the first item to the last" : "nothing was done",
    },
    {
      label: "Ended",
      value: batch.finishedAt ? formatClock(batch.finishedAt) : "–",
      note: batch.finishedAt ? formatDate(batch.finishedAt) : "",
    },
  ];
}
