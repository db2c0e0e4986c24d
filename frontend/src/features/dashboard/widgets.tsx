import type { ReactNode } from "react";
import { formatCount, formatNumber } from "../../core/format";
import classes from "./widgets.module.css";

type Data = Record<string, unknown> | undefined;

interface WidgetProps {
  id: string;
  title: string;
  data: Data;
  children: ReactNode;
}

/** What one widget was told; before that it claims nothing. */
function Widget({ id, title, data, children }: WidgetProps) {
  return (
    <section className={`panel ${classes.widget}`} data-testid={`widget-${id}`}>
      <h2>{title}</h2>
      {data ? children : <p className="note">Not known yet</p>}
    </section>
  );
}

export function BatchesWidget({ data }: { data: Data }) {
  const counts = Object.entries(data ?? {});
  return (
    <Widget id="batches" title="Unfinished batches" data={data}>
      {counts.length === 0 ? (
        <p className="note">None</p>
      ) : (
        <dl>
          {counts.map(([status, count]) => (
            <div key={status}>
              <dt>{status}</dt>
              <dd>{formatNumber(Number(count))}</dd>
            </div>
          ))}
        </dl>
      )}
    </Widget>
  );
}

export function FailuresWidget({ data }: { data: Data }) {
  const processed = Number(data?.processed ?? 0);
  const failed = Number(data?.failed ?? 0);
  const share = processed ? ((failed / processed) * 100).toFixed(1) : "0";
  return (
    <Widget id="failures" title="Failed items" data={data}>
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
    <Widget id="workers" title="Workers" data={data}>
      <p className={classes.figure}>{formatNumber(processes)}</p>
      <p className="note">
        {processes === 0
          ? "No worker is running: batches wait."
          : `processes on ${formatCount(Number(data?.machines ?? 0), "machines")}`}
      </p>
    </Widget>
  );
}
