import type { DashboardResponse, DashboardUpdate } from "../../core/wire";

/** As many are shown, one a second. */
const SHOWN = 300;

/** What the server had kept, then what came since; nothing twice. */
export function mergeUpdates(
  first: DashboardResponse | undefined,
  live: DashboardUpdate[],
): DashboardUpdate[] {
  if (!first) return live;
  const kept = [...first.history, { metrics: first.metrics, timestamp: first.timestamp }];
  const from = live[0]?.timestamp;
  const before = from ? kept.filter((one) => one.timestamp < from) : kept;
  return [...before, ...live].slice(-SHOWN);
}
