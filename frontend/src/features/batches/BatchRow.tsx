import { Link } from "@tanstack/react-router";
import { isOver } from "../../core/batchStore";
import {
  formatAgo,
  formatDateTime,
  formatDuration,
  formatNumber,
  formatPercent,
  formatTimeLeft,
} from "../../core/format";
import type { Batch } from "../../core/wire";
import { useNow } from "../../ui/useNow";
import { BatchActions } from "./BatchActions";
import classes from "./BatchRow.module.css";
import { describeInput, describePhase, isOpen } from "./describe";
import { OperationIcon } from "./OperationIcon";
import { ProgressBar } from "./ProgressBar";
import { StatusBadge } from "./StatusBadge";
import { useBatch } from "./useBatch";
import { useOperation } from "./useOperations";

const HALF_MINUTE_MS = 30_000;

/** One batch in the list; its bar moves by itself. */
export function BatchRow({ initial }: { initial: Batch }) {
  const batch = useBatch(initial.id) ?? initial;
  const operation = useOperation(batch.operation);
  const input = describeInput(batch, operation);
  const title = operation?.title ?? batch.operation;
  return (
    <div className={classes.row} data-testid={`batch-row-${batch.id}`}>
      <OperationIcon name={operation?.icon} />
      <div className={classes.what}>
        <div className="ellipsis">
          <Link to="/batches/$batchId" params={{ batchId: batch.id }} className={classes.name}>
            {batch.name}
          </Link>
        </div>
        <div className={`${classes.detail} ellipsis`}>
          {[title === batch.name ? "" : title, input].filter(Boolean).join(" · ") || title}
        </div>
      </div>
      <div className={classes.status}>
        <StatusBadge batch={batch} />
      </div>
      <Progress batch={batch} />
      <When batch={batch} />
      <div className={classes.actions}>
        <BatchActions batch={batch} isCompact />
      </div>
    </div>
  );
}

function Progress({ batch }: { batch: Batch }) {
  return (
    <div className={classes.progress}>
      <ProgressBar batch={batch} />
      <div className={classes.figures}>
        <span className="ellipsis">
          {describeCount(batch)}
          {batch.failed > 0 && (
            <span className={classes.failed}>{formatNumber(batch.failed)} failed</span>
          )}
        </span>
        <span className={classes.percent}>
          {isOpen(batch) ? "open" : formatPercent(batch.progress)}
        </span>
      </div>
    </div>
  );
}

function describeCount(batch: Batch): string {
  if (batch.status === "pending") return describePhase(batch, "items");
  if (isOpen(batch)) return `${formatNumber(batch.processed)} done so far`;
  if (batch.total === null) return batch.message || "Not counted yet";
  return `${formatNumber(batch.processed)} of ${formatNumber(batch.total)}`;
}

function When({ batch }: { batch: Batch }) {
  const now = useNow(true, HALF_MINUTE_MS);
  const second = isOver(batch)
    ? batch.durationMs !== null && `took ${formatDuration(batch.durationMs / 1000)}`
    : batch.etaSeconds !== null && `${formatTimeLeft(batch.etaSeconds)} left`;
  return (
    <div className={classes.when}>
      <time dateTime={batch.createdAt} title={formatDateTime(batch.createdAt)}>
        {formatAgo(batch.createdAt, now)}
      </time>
      <div className={classes.second}>{second}</div>
    </div>
  );
}
