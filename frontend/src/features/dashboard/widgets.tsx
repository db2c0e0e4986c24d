import type { ReactNode } from "react";
import { formatCount, formatNumber } from "../../core/format";
import classes from "./widgets.module.css";

type Data = Record<string, unknown> | undefined;

function Widget({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section className={`panel ${classes.widget}`} data-testid={`widget-${id}`}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function BatchesWidget({ data }: { data: Data }) {
  return (
    <Widget id="batches" title="Unfinished batches">
      <dl>
        {Object.entries(data ?? {}).map(([status, count]) => (
          <div key={status}>
            <dt>{status}</dt>
            <dd>{formatNumber(Number(count))}</dd>
          </div>
        ))}
      </dl>
    </Widget>
  );
}

export function FailuresWidget({ data }: { data: Data }) {
  const processed = Number(data?.processed ?? 0);
  const failed = Number(data?.failed ?? 0);
  const share = processed ? ((failed / processed) * 100).toFixed(1) : "0";
  return (
    <Widget id="failures" title="Failed items">
      <p className={classes.figure}>{share} %</p>
      <p className="note">
        {formatNumber(failed)} of {formatNumber(processed)} items of unfinished batches
      </p>
    </Widget>
  );
}

export function WorkersWidget({ data }: { data: Data }) {
  const processes = Number(data?.processes ?? 0);
  return (
    <Widget id="workers" title="Workers">
      <p className={classes.figure}>{formatNumber(processes)}</p>
      <p className="note">
        {processes === 0
          ? "No worker is running: batches wait."
          : `processes on ${formatCount(Number(data?.machines ?? 0), "machines")}`}
      </p>
    </Widget>
  );
}
