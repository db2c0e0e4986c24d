import type { Batch } from "../core/events";
import { formatPercent } from "../core/format";

interface Props {
  batch: Batch;
  height?: number;
  testId?: string;
}

/** How far a batch is, and how its items ended: successful, failed, skipped, from the left. */
export function ProgressBar({ batch, height = 8, testId }: Props) {
  const share = (count: number) => `${batch.total ? (count * 100) / batch.total : 0}%`;
  const waiting = batch.phase === "planning" || batch.phase === "waiting";
  const isOpen = batch.status === "pending" || batch.status === "running";
  const width = batch.status === "completed" && !batch.total ? "100%" : share(batch.successful);
  return (
    <div
      className={`bar ${waiting && isOpen ? "waiting" : ""}`}
      style={{ height }}
      role="progressbar"
      aria-label={`Progress of ${batch.name}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={batch.progress}
      aria-valuetext={waiting && isOpen ? "reading the input" : formatPercent(batch.progress)}
      data-testid={testId}
    >
      <span
        className="ok"
        style={{ width: waiting && isOpen ? "100%" : width, opacity: waiting && isOpen ? 0.25 : 1 }}
      />
      <span className="bad" style={{ width: share(batch.failed) }} />
      <span className="skip" style={{ width: share(batch.skipped) }} />
    </div>
  );
}
