import { formatNumber } from "../../core/format";
import type { Metrics } from "../../core/wire";
import classes from "./Tiles.module.css";

/** The newest figures. */
export function Tiles({ metrics }: { metrics: Metrics }) {
  const tiles = [
    ["Running batches", formatNumber(metrics.runningBatches)],
    ["Pending batches", formatNumber(metrics.pendingBatches)],
    ["Queue depth", formatNumber(metrics.queueDepth)],
    ["Worker processes", formatNumber(metrics.workers)],
    ["Connections", formatNumber(metrics.connections)],
  ] as const;
  return (
    <dl className={`panel ${classes.tiles}`} data-testid="tiles">
      {tiles.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
