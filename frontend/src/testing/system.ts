import type {
  DashboardResponse,
  DashboardUpdate,
  OpenConnection,
  SystemNotification,
  SystemStatus,
} from "../core/wire";

/** A system that does well, with whatever a test wants otherwise. */
export const aStatus = (changes: Partial<SystemStatus> = {}): SystemStatus => ({
  id: "status",
  status: "ok",
  severity: "info",
  title: "",
  message: "",
  parts: { database: { ok: true }, redis: { ok: true }, workers: { ok: true, count: 2 } },
  timestamp: "2026-11-24T10:00:00Z",
  ...changes,
});

/** What the dashboard is told each second. */
export const anUpdate = (second: number, runningBatches = 3): DashboardUpdate => ({
  metrics: {
    runningBatches,
    pendingBatches: 1,
    queueDepth: 12,
    workers: 2,
    connections: 5,
    itemsPerSecond: 40,
    cpu: 30,
    memory: 50,
  },
  timestamp: `2026-11-24T10:00:${String(second).padStart(2, "0")}Z`,
});

/** What the dashboard begins with. */
export const aDashboard = (changes: Partial<DashboardResponse> = {}): DashboardResponse => ({
  ...anUpdate(0),
  history: [],
  widgets: {
    batches: { running: 3, pending: 1, paused: 0 },
    failures: { processed: 200, failed: 5 },
    workers: { processes: 2, machines: 1 },
  },
  ...changes,
});

/** Somebody who is connected. */
export const aConnection = (id: string, name: string | null): OpenConnection => ({
  id,
  user: name === null ? null : { id: `user-${id}`, name, email: `${name}@example.org` },
  address: "127.0.0.1",
  connectedAt: "2026-11-24T10:00:00Z",
  process: "web-1",
  rooms: ["dashboard"],
});

/** What the server says to one user or to all. */
export const anAlert = (changes: Partial<SystemNotification> = {}): SystemNotification => ({
  id: "a1",
  kind: "alert",
  severity: "warning",
  title: "Restart at noon",
  message: "Batches go on afterwards.",
  link: null,
  batchId: null,
  timestamp: "2026-11-24T10:00:00Z",
  ...changes,
});
