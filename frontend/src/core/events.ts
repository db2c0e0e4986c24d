// Generated from the Python models by `make generate`; do not edit.

export interface EventModels {}
/**
 * A file that a batch made.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "Artifact".
 */
export interface Artifact {
  name: string;
  sha256: string;
  /**
   * Bytes
   */
  size: number;
}
/**
 * `authenticate`: a new token of the same user, before the one of the connection runs out.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "AuthenticateRequest".
 */
export interface AuthenticateRequest {
  token: string;
}
/**
 * The whole state of a batch, as HTTP answers and lifecycle events carry it.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "Batch".
 */
export interface Batch {
  artifacts: Artifact[];
  /**
   * The same as id: every batch event names the batch so
   */
  batchId: string;
  createdAt: string;
  description: string;
  durationMs: number | null;
  error: Problem | null;
  /**
   * Time left, or null where it cannot be told
   */
  etaSeconds: number | null;
  failed: number;
  filters: {
    [k: string]: unknown;
  } | null;
  finishedAt: string | null;
  id: string;
  /**
   * How many items may fail, as a count or like 5%
   */
  maxFailures: number | string | null;
  maxParallel: number;
  message: string;
  name: string;
  operation: string;
  options: {
    [k: string]: unknown;
  };
  ownerId: string;
  phase: "waiting" | "queued" | "planning" | "running" | "done";
  /**
   * Items known so far
   */
  planned: number;
  priority: "high" | "normal" | "low";
  processed: number;
  /**
   * Percent; 100 only at the end
   */
  progress: number;
  /**
   * Items a second, recent ones weighing more
   */
  rate: number;
  /**
   * Chunks taken over from a worker that went away
   */
  recoveries: number;
  /**
   * Messages that came twice and were absorbed
   */
  redeliveries: number;
  /**
   * Items that were tried again after a transient error
   */
  retries: number;
  /**
   * How often an item is tried again
   */
  retryAttempts: number;
  /**
   * False while more items may be added
   */
  sealed: boolean;
  skipped: number;
  startedAt: string | null;
  status: "pending" | "running" | "paused" | "completed" | "failed" | "cancelled";
  successful: number;
  /**
   * How long an item may take, if its operation does not say
   */
  timeoutMs: number | null;
  /**
   * Null while the source is being counted or more may be added
   */
  total: number | null;
  uploadName: string | null;
  /**
   * Grows with each change; what is older than what is shown is dropped
   */
  version: number;
}
/**
 * Why a batch could not go on.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "Problem".
 */
export interface Problem {
  code: string;
  message: string;
}
/**
 * `batch:created`, `batch:paused`, `batch:resumed` and `batch:cancelled`: the state that it has now.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "BatchChange".
 */
export interface BatchChange {
  artifacts: Artifact[];
  /**
   * The same as id: every batch event names the batch so
   */
  batchId: string;
  createdAt: string;
  description: string;
  durationMs: number | null;
  error: Problem | null;
  /**
   * Time left, or null where it cannot be told
   */
  etaSeconds: number | null;
  /**
   * Place in the one order of these events; a client that comes back names the last
   */
  eventId?: number | null;
  failed: number;
  filters: {
    [k: string]: unknown;
  } | null;
  finishedAt: string | null;
  id: string;
  /**
   * How many items may fail, as a count or like 5%
   */
  maxFailures: number | string | null;
  maxParallel: number;
  message: string;
  name: string;
  operation: string;
  options: {
    [k: string]: unknown;
  };
  ownerId: string;
  phase: "waiting" | "queued" | "planning" | "running" | "done";
  /**
   * Items known so far
   */
  planned: number;
  priority: "high" | "normal" | "low";
  processed: number;
  /**
   * Percent; 100 only at the end
   */
  progress: number;
  /**
   * Items a second, recent ones weighing more
   */
  rate: number;
  /**
   * Chunks taken over from a worker that went away
   */
  recoveries: number;
  /**
   * Messages that came twice and were absorbed
   */
  redeliveries: number;
  /**
   * Items that were tried again after a transient error
   */
  retries: number;
  /**
   * How often an item is tried again
   */
  retryAttempts: number;
  /**
   * False while more items may be added
   */
  sealed: boolean;
  skipped: number;
  startedAt: string | null;
  status: "pending" | "running" | "paused" | "completed" | "failed" | "cancelled";
  successful: number;
  /**
   * How long an item may take, if its operation does not say
   */
  timeoutMs: number | null;
  /**
   * Null while the source is being counted or more may be added
   */
  total: number | null;
  uploadName: string | null;
  /**
   * Grows with each change; what is older than what is shown is dropped
   */
  version: number;
}
/**
 * `batch:complete`: all items have an outcome.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "BatchComplete".
 */
export interface BatchComplete {
  artifacts: Artifact[];
  batchId: string;
  durationMs: number;
  /**
   * Place in the one order of these events; a client that comes back names the last
   */
  eventId?: number | null;
  results: Counts;
  status: "pending" | "running" | "paused" | "completed" | "failed" | "cancelled";
  timestamp: string;
  version: number;
}
/**
 * How many items ended how.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "Counts".
 */
export interface Counts {
  failed: number;
  skipped: number;
  successful: number;
  total: number;
}
/**
 * `batch:error`: fatal where the batch itself could not go on, else a group of failed items.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "BatchError".
 */
export interface BatchError {
  batchId: string;
  code: string;
  /**
   * Failed items so far
   */
  count?: number;
  error: string;
  /**
   * Place in the one order of these events; a client that comes back names the last
   */
  eventId?: number | null;
  fatal: boolean;
  timestamp: string;
  version: number;
}
/**
 * `batch:progress`: one tick. It carries the whole state, so that any tick may be lost.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "BatchProgress".
 */
export interface BatchProgress {
  batchId: string;
  etaSeconds: number | null;
  failed: number;
  message: string;
  phase: "waiting" | "queued" | "planning" | "running" | "done";
  planned: number;
  processed: number;
  progress: number;
  rate: number;
  recoveries: number;
  redeliveries: number;
  retries: number;
  skipped: number;
  status: "pending" | "running" | "paused" | "completed" | "failed" | "cancelled";
  successful: number;
  timestamp: string;
  total: number | null;
  version: number;
}
/**
 * How many nodes of the catalog changed how.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "CatalogChanges".
 */
export interface CatalogChanges {
  added: number;
  deleted: number;
  modified: number;
}
/**
 * `catalog:reload`: the catalog was made what its files say; better load it anew.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "CatalogReload".
 */
export interface CatalogReload {
  changes: CatalogChanges;
  /**
   * Place in the one order of these events; a client that comes back names the last
   */
  eventId?: number | null;
  updatedAt: string;
}
/**
 * `catalog:update`: a batch that writes to the catalog has ended.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "CatalogUpdate".
 */
export interface CatalogUpdate {
  changes: CatalogChanges;
  /**
   * Place in the one order of these events; a client that comes back names the last
   */
  eventId?: number | null;
  updatedAt: string;
}
/**
 * The acknowledgement of `chat:message` and `chat:typing`.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "ChatAnswer".
 */
export interface ChatAnswer {
  code?: string | null;
  error?: string | null;
  message?: ChatMessage | null;
  success: boolean;
}
/**
 * `chat:message`: plain text, to be shown as text.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "ChatMessage".
 */
export interface ChatMessage {
  /**
   * What the sender called it
   */
  clientId: string | null;
  /**
   * The same as text
   */
  content: string;
  /**
   * Place in the one order of these events; a client that comes back names the last
   */
  eventId?: number | null;
  id: number;
  room: string;
  /**
   * The same as user
   */
  sender: string;
  text: string;
  timestamp: string;
  /**
   * The name of who sent it
   */
  user: string;
  userId: string;
}
/**
 * A message to send, in `text` or in `content`.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "ChatRequest".
 */
export interface ChatRequest {
  /**
   * Sent again under it, it is the same message
   */
  clientId?: string | null;
  room?: string;
  text: string;
}
/**
 * `chat:typing`: it ends by itself when nothing more comes.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "ChatTyping".
 */
export interface ChatTyping {
  isTyping: boolean;
  room: string;
  user: string;
  userId: string;
}
/**
 * What a client sends in `auth` when it connects.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "ConnectRequest".
 */
export interface ConnectRequest {
  /**
   * Of the last event that it got, to get the rest
   */
  lastEventId?: number | null;
  /**
   * Rooms to join at once
   *
   * @maxItems 1000
   */
  rooms?: string[];
  token?: string | null;
}
/**
 * `dashboard:update`: once a second while somebody watches.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "DashboardUpdate".
 */
export interface DashboardUpdate {
  metrics: Metrics;
  timestamp: string;
}
/**
 * How the whole system does; sums only, since everybody may see them.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "Metrics".
 */
export interface Metrics {
  connections: number;
  /**
   * Percent of all cores of the machine that measures
   */
  cpu: number;
  /**
   * The recent rates of all running batches together
   */
  itemsPerSecond: number;
  /**
   * Percent of its memory
   */
  memory: number;
  pendingBatches: number;
  /**
   * Chunks that wait for a worker
   */
  queueDepth: number;
  runningBatches: number;
  /**
   * Worker processes that are alive
   */
  workers: number;
}
/**
 * `error`: what the client sent was not accepted.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "ErrorMessage".
 */
export interface ErrorMessage {
  code: string;
  message: string;
}
/**
 * One failed item of a group.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "FailureExample".
 */
export interface FailureExample {
  /**
   * How often it was tried, if more than once
   */
  attempts?: number | null;
  field?: string | null;
  key: string;
  line?: number | null;
  message: string;
  position: number;
  rule?: string | null;
}
/**
 * What no client misses: it comes from the outbox, and again to who was away when it was sent.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "Numbered".
 */
export interface Numbered {
  /**
   * Place in the one order of these events; a client that comes back names the last
   */
  eventId?: number | null;
}
/**
 * One part that the system needs.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "PartHealth".
 */
export interface PartHealth {
  count?: number | null;
  error?: string | null;
  ok: boolean;
}
/**
 * What the system needs to work.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "Parts".
 */
export interface Parts {
  database: PartHealth;
  redis: PartHealth;
  workers: PartHealth;
}
/**
 * `pong`: the answer to `ping`.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "Pong".
 */
export interface Pong {
  timestamp: string;
}
/**
 * `recovered`: follows what a client missed while it was away, and the state of its running batches.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "Recovered".
 */
export interface Recovered {
  /**
   * False where too much was missed: then all is to be loaded anew
   */
  complete: boolean;
  /**
   * How many were sent again
   */
  events: number;
  lastEventId: number;
}
/**
 * `room-joined` and `room-left`.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "Room".
 */
export interface Room {
  room: string;
}
/**
 * The acknowledgement of `join-room` and `leave-room`.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "RoomAnswer".
 */
export interface RoomAnswer {
  code?: string | null;
  error?: string | null;
  room?: string | null;
  success: boolean;
}
/**
 * `join-room` and `leave-room`; the room's name alone does as well.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "RoomRequest".
 */
export interface RoomRequest {
  room: string;
}
/**
 * `system:shutdown`: this web process ends; the client connects to another one, or to the next.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "Shutdown".
 */
export interface Shutdown {
  message: string;
  timestamp: string;
}
/**
 * `system:notification` and `system:alert`: something that a user, a role or everybody should know.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "SystemNotification".
 */
export interface SystemNotification {
  /**
   * The batch that it tells of
   */
  batchId: string | null;
  /**
   * Place in the one order of these events; a client that comes back names the last
   */
  eventId?: number | null;
  id: string;
  kind: "notification" | "alert";
  /**
   * A path of the page that it leads to
   */
  link: string | null;
  message: string;
  severity: "info" | "warning" | "error";
  timestamp: string;
  title: string;
}
/**
 * `system:status`: how the system does, sent when that changes.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "SystemStatus".
 */
export interface SystemStatus {
  id: string;
  /**
   * For people; empty where there is nothing to say
   */
  message: string;
  parts: Parts;
  severity: "info" | "warning" | "error";
  status: "ok" | "degraded" | "maintenance";
  timestamp: string;
  title: string;
}
/**
 * That somebody types, to be said again within five seconds, or has stopped.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "TypingRequest".
 */
export interface TypingRequest {
  isTyping?: boolean;
  room?: string;
}
/**
 * `welcome`: the first event of each connection.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "Welcome".
 */
export interface Welcome {
  /**
   * To be named when the connection is lost before any event came
   */
  lastEventId: number;
  message: string;
  socketId: string;
  timestamp: string;
  user: WelcomeUser | null;
}
/**
 * Who the connection belongs to.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "WelcomeUser".
 */
export interface WelcomeUser {
  id: string;
  roles: string[];
}
/**
 * `dashboard:widget-update`: what one widget shows has changed.
 *
 * This interface was referenced by `EventModels`'s JSON-Schema
 * via the `definition` "WidgetUpdate".
 */
export interface WidgetUpdate {
  data: {
    [k: string]: unknown;
  };
  timestamp: string;
  /**
   * `batches`, `failures` or `workers`
   */
  widgetId: string;
}
