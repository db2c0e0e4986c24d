import { isOver } from "../../core/batchStore";
import { formatNumber, formatPercent } from "../../core/format";
import type { Batch } from "../../core/wire";
import { isOpen } from "./describe";
import classes from "./ProgressBar.module.css";

interface Props {
  batch: Batch;
  size?: "sm" | "lg";
  testId?: string;
}

/**
 * How far a batch is, and how its items ended: successful, failed, skipped, from the left.
 *
 * Each segment is as wide as its share of all items; what is empty has not been done.
 */
export function ProgressBar({ batch, size = "sm", testId }: Props) {
  const isEmpty = batch.status === "completed" && !batch.total;
  const share = (count: number) => `${batch.total ? (count * 100) / batch.total : 0}%`;
  const isUnknown = batch.status === "running" && (batch.processed === 0 || isOpen(batch));
  return (
    <div
      className={classes.bar}
      data-size={size}
      data-unknown={isUnknown || undefined}
      data-moving={batch.status === "running" || undefined}
      data-paused={batch.status === "paused" || undefined}
      data-over={isOver(batch) || undefined}
      role="progressbar"
      aria-label={`Progress of ${batch.name}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={batch.progress}
      aria-valuetext={describe(batch)}
      data-testid={testId}
    >
      <span className={classes.ok} style={{ width: isEmpty ? "100%" : share(batch.successful) }} />
      <span className={classes.bad} style={{ width: share(batch.failed) }} />
      <span className={classes.skip} style={{ width: share(batch.skipped) }} />
    </div>
  );
}

function describe(batch: Batch): string {
  if (batch.status === "pending") return "waiting";
  const paused = batch.status === "paused" ? "paused, " : "";
  const failed = batch.failed > 0 ? `, ${formatNumber(batch.failed)} failed` : "";
  if (isOpen(batch)) return `${paused}${formatNumber(batch.processed)} done${failed}`;
  if (batch.total === null) return paused ? "paused" : "reading the input";
  return `${paused}${formatPercent(batch.progress)}${failed}`;
}
