import { Skeleton, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../core/api";
import type { DashboardResponse } from "../../core/api-types";
import type { DashboardUpdate, Metrics } from "../../core/events";
import { formatCount, formatNumber } from "../../core/format";
import { ErrorPanel } from "../../ui/ErrorPanel";
import classes from "./DashboardPage.module.css";
import { LiveChart } from "./LiveChart";
import { useDashboardWebSocket } from "./useDashboardWebSocket";

const SHOWN = 300;

/** How the whole system does: what the server knew when the page opened, and what it has told since. */
export function DashboardPage() {
  useDocumentTitle("Dashboard · Batchwire");
  const live = useDashboardWebSocket();
  const first = useQuery({ queryKey: ["dashboard"], queryFn: api.dashboard, staleTime: Infinity });

  if (first.isError && !live.lastUpdate) {
    return (
      <Page isLive={false}>
        <ErrorPanel message={first.error.message} retry={() => void first.refetch()} />
      </Page>
    );
  }
  const updates = merge(first.data, live.updates);
  const newest = updates.at(-1);
  if (!newest) {
    return (
      <Page isLive={false}>
        <Skeleton height={420} radius="md" aria-label="Loading" />
      </Page>
    );
  }
  const of = (name: keyof Metrics) => updates.map(({ metrics }) => metrics[name]);
  const widgets = { ...first.data?.widgets, ...live.widgetUpdates };
  return (
    <Page isLive={live.isConnected}>
      <Tiles metrics={newest.metrics} />
      <div className={classes.charts}>
        <LiveChart
          title="Throughput"
          series={[{ label: "Items", values: of("itemsPerSecond"), color: "var(--brand)" }]}
          format={(value) => `${formatNumber(Math.round(value))}/s`}
        />
        <LiveChart
          title="Machine"
          max={100}
          series={[
            { label: "CPU", values: of("cpu"), color: "var(--run)" },
            { label: "Memory", values: of("memory"), color: "var(--warn)" },
          ]}
          format={(value) => `${Math.round(value)} %`}
        />
      </div>
      <div className={classes.widgets}>
        <BatchesWidget data={widgets.batches} />
        <FailuresWidget data={widgets.failures} />
        <WorkersWidget data={widgets.workers} />
      </div>
    </Page>
  );
}

function Page({ isLive, children }: { isLive: boolean; children: React.ReactNode }) {
  return (
    <>
      <div className="page-head">
        <Title order={1}>Dashboard</Title>
        <p className="note">{isLive ? "The whole system, once a second" : "Not live just now"}</p>
      </div>
      {children}
    </>
  );
}

function Tiles({ metrics }: { metrics: Metrics }) {
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

type Data = Record<string, unknown> | undefined;

function Widget({ id, title, children }: { id: string; title: string; children: React.ReactNode }) {
  return (
    <section className={`panel ${classes.widget}`} data-testid={`widget-${id}`}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function BatchesWidget({ data }: { data: Data }) {
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

function FailuresWidget({ data }: { data: Data }) {
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

function WorkersWidget({ data }: { data: Data }) {
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

/** What the server had kept, then what came since; nothing twice. */
function merge(first: DashboardResponse | undefined, live: DashboardUpdate[]): DashboardUpdate[] {
  if (!first) return live;
  const kept = [...first.history, { metrics: first.metrics, timestamp: first.timestamp }];
  const from = live[0]?.timestamp;
  const before = from ? kept.filter((one) => one.timestamp < from) : kept;
  return [...before, ...live].slice(-SHOWN);
}
