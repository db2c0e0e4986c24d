import { Skeleton, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { formatNumber } from "../../core/format";
import type { Metrics } from "../../core/wire";
import { queries } from "../../queries";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Loading } from "../../ui/Loading";
import classes from "./DashboardPage.module.css";
import { LiveChart } from "./LiveChart";
import { mergeUpdates } from "./mergeUpdates";
import { Tiles } from "./Tiles";
import { useDashboardWebSocket } from "./useDashboardWebSocket";
import { BatchesWidget, FailuresWidget, WorkersWidget } from "./widgets";

/** How the whole system does: what the server knew when the page opened, and what it has told since. */
export function DashboardPage() {
  useDocumentTitle("Dashboard · Batchwire");
  const live = useDashboardWebSocket();
  const first = useQuery(queries.dashboard());

  const problem = first.isError && (
    <ErrorPanel message={first.error.message} retry={() => void first.refetch()} />
  );
  const updates = mergeUpdates(first.data, live.updates);
  const newest = updates.at(-1);
  if (!newest) {
    return (
      <Page isLive={live.isConnected}>
        {problem || (
          <Loading what="the figures">
            <Skeleton height={420} radius="md" />
          </Loading>
        )}
      </Page>
    );
  }
  const of = (name: keyof Metrics) => updates.map(({ metrics }) => metrics[name]);
  const widgets = { ...first.data?.widgets, ...live.widgetUpdates };
  return (
    <Page isLive={live.isConnected}>
      {problem}
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
