// Generated from the Python models by `make generate`; do not edit.

/**
 * What a batch waits for, or what is done with it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Phase".
 */
export type Phase = "waiting" | "queued" | "planning" | "running" | "done";
/**
 * Which batches come first.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Priority".
 */
export type Priority = "high" | "normal" | "low";
/**
 * How a batch does.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Status".
 */
export type Status = "pending" | "running" | "paused" | "completed" | "failed" | "cancelled";
/**
 * What became of an item.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ItemOutcome".
 */
export type ItemOutcome = "successful" | "failed" | "skipped";

export interface Wire {}
/**
 * More items for a batch that is not sealed.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "AddItemsRequest".
 */
export interface AddItemsRequest {
  /**
   * @minItems 1
   */
  items: [unknown, ...unknown[]];
  /**
   * How many items are there already; guards against adding the same twice
   */
  offset?: number | null;
  /**
   * True if these are the last
   */
  seal?: boolean;
}
/**
 * A business area of the catalog.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Area".
 */
export interface Area {
  count: number;
  id: string;
  title: string;
}
/**
 * The business areas of the catalog.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "AreasResponse".
 */
export interface AreasResponse {
  areas: Area[];
  success?: true;
}
/**
 * A file that a batch made.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
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
 * How one can log in here.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "AuthOptionsResponse".
 */
export interface AuthOptionsResponse {
  demoAccounts: DemoAccount[];
  local: boolean;
  success?: true;
}
/**
 * An account that exists in local mode only.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "DemoAccount".
 */
export interface DemoAccount {
  email: string;
  password: string;
}
/**
 * `authenticate`: a new token of the same user, before the one of the connection runs out.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "AuthenticateRequest".
 */
export interface AuthenticateRequest {
  token: string;
}
/**
 * The whole state of a batch, as HTTP answers and lifecycle events carry it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
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
  phase: Phase;
  /**
   * Items known so far
   */
  planned: number;
  priority: Priority;
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
  status: Status;
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
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Problem".
 */
export interface Problem {
  code: string;
  message: string;
}
/**
 * `batch:created`, `batch:paused`, `batch:resumed` and `batch:cancelled`: the state that it has now.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
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
  phase: Phase;
  /**
   * Items known so far
   */
  planned: number;
  priority: Priority;
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
  status: Status;
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
 * This interface was referenced by `Wire`'s JSON-Schema
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
  status: Status;
  timestamp: string;
  version: number;
}
/**
 * How many items ended how.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
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
 * This interface was referenced by `Wire`'s JSON-Schema
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
 * The batch that a path names.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "BatchPath".
 */
export interface BatchPath {
  batch_id: string;
}
/**
 * `batch:progress`: one tick. It carries the whole state, so that any tick may be lost.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "BatchProgress".
 */
export interface BatchProgress {
  batchId: string;
  etaSeconds: number | null;
  failed: number;
  message: string;
  phase: Phase;
  planned: number;
  processed: number;
  progress: number;
  rate: number;
  recoveries: number;
  redeliveries: number;
  retries: number;
  skipped: number;
  status: Status;
  successful: number;
  timestamp: string;
  total: number | null;
  version: number;
}
/**
 * One batch.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "BatchResponse".
 */
export interface BatchResponse {
  batch: Batch;
  success?: true;
}
/**
 * A node on the way from the top.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Breadcrumb".
 */
export interface Breadcrumb {
  id: string;
  title: string;
}
/**
 * One field that breaks a rule.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "BrokenRule".
 */
export interface BrokenRule {
  field: string;
  message: string;
  rule: string;
}
/**
 * How many nodes of the catalog changed how.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "CatalogChanges".
 */
export interface CatalogChanges {
  added: number;
  deleted: number;
  modified: number;
}
/**
 * Which files of the catalog's folder.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "CatalogFilesRequest".
 */
export interface CatalogFilesRequest {
  /**
   * Their names; none means all of them
   *
   * @maxItems 1000
   */
  files?: string[];
}
/**
 * `catalog:reload`: the catalog was made what its files say; better load it anew.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
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
 * This interface was referenced by `Wire`'s JSON-Schema
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
 * This interface was referenced by `Wire`'s JSON-Schema
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
 * This interface was referenced by `Wire`'s JSON-Schema
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
 * Which messages.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ChatHistoryQuery".
 */
export interface ChatHistoryQuery {
  /**
   * Only messages with lower ids
   */
  before?: number | null;
  limit?: number;
  room?: string;
}
/**
 * Messages, the newest first.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ChatHistoryResponse".
 */
export interface ChatHistoryResponse {
  messages: ChatMessage[];
  /**
   * To be sent as `before` for older ones; null where it ends
   */
  nextBefore: number | null;
  success?: true;
}
/**
 * The message as everybody sees it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ChatMessageResponse".
 */
export interface ChatMessageResponse {
  message: ChatMessage;
  success?: true;
}
/**
 * A message to send, in `text` or in `content`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
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
 * A chat room that somebody has spoken in.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ChatRoom".
 */
export interface ChatRoom {
  lastMessageAt: string | null;
  room: string;
}
/**
 * Chat rooms, the liveliest first.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ChatRoomsResponse".
 */
export interface ChatRoomsResponse {
  rooms: ChatRoom[];
  success?: true;
}
/**
 * `chat:typing`: it ends by itself when nothing more comes.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ChatTyping".
 */
export interface ChatTyping {
  isTyping: boolean;
  room: string;
  user: string;
  userId: string;
}
/**
 * Which part of a list of nodes.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ChildrenQuery".
 */
export interface ChildrenQuery {
  limit?: number;
  offset?: number;
}
/**
 * What a client sends: the payload of each event, and what acknowledges it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ClientEvents".
 */
export interface ClientEvents {
  authenticate: {
    answer: RoomAnswer;
    payload: AuthenticateRequest;
  };
  "chat:message": {
    answer: ChatAnswer;
    payload: ChatRequest;
  };
  "chat:typing": {
    answer: ChatAnswer;
    payload: TypingRequest;
  };
  "join-room": {
    answer: RoomAnswer;
    payload: RoomRequest;
  };
  "leave-room": {
    answer: RoomAnswer;
    payload: RoomRequest;
  };
  ping: {
    answer: null;
    payload: null;
  };
}
/**
 * The acknowledgement of `join-room` and `leave-room`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "RoomAnswer".
 */
export interface RoomAnswer {
  code?: string | null;
  error?: string | null;
  room?: string | null;
  success: boolean;
}
/**
 * That somebody types, to be said again within five seconds, or has stopped.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "TypingRequest".
 */
export interface TypingRequest {
  isTyping?: boolean;
  room?: string;
}
/**
 * `join-room` and `leave-room`; the room's name alone does as well.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "RoomRequest".
 */
export interface RoomRequest {
  room: string;
}
/**
 * What a client sends in `auth` when it connects.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
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
 * Whose a connection is.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ConnectedUser".
 */
export interface ConnectedUser {
  email: string;
  id: string;
  name: string;
}
/**
 * Which connection.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ConnectionPath".
 */
export interface ConnectionPath {
  connectionId: string;
}
/**
 * Connections over all web processes; rooms of single users and batches only for admins.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ConnectionStatsResponse".
 */
export interface ConnectionStatsResponse {
  anonymous: number;
  authenticated: number;
  rooms: {
    [k: string]: number;
  };
  success?: true;
  totalConnections: number;
}
/**
 * Which connections.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ConnectionsQuery".
 */
export interface ConnectionsQuery {
  limit?: number;
  offset?: number;
  /**
   * Part of a user's name or address, an address or a room.
   */
  q?: string;
}
/**
 * Connections, the newest first; at most two seconds old.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ConnectionsResponse".
 */
export interface ConnectionsResponse {
  connections: OpenConnection[];
  success?: true;
  total: number;
}
/**
 * A Socket.IO connection at any of the web processes.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "OpenConnection".
 */
export interface OpenConnection {
  address: string;
  connectedAt: string;
  id: string;
  process: string;
  rooms: string[];
  user: ConnectedUser | null;
}
/**
 * What to do with which items; a file is sent as multipart/form-data instead, field `file`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "CreateRequest".
 */
export interface CreateRequest {
  /**
   * Batches that must be completed before this one starts
   *
   * @maxItems 50
   */
  dependsOn?: string[];
  description?: string;
  filters?: {
    [k: string]: unknown;
  } | null;
  items?: unknown[] | null;
  /**
   * How many items may fail, as a count or like "5%"; one more ends the batch
   */
  maxFailures?: number | string | null;
  maxParallel?: number | null;
  name?: string;
  operation: string;
  options?: {
    [k: string]: unknown;
  };
  priority?: Priority;
  /**
   * After transient errors; null for the operation's own
   */
  retryAttempts?: number | null;
  /**
   * False to add more items later; then it ends once it is sealed
   */
  sealed?: boolean;
  /**
   * For one item
   */
  timeoutMs?: number | null;
}
/**
 * How the whole system does; sums only.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "DashboardResponse".
 */
export interface DashboardResponse {
  /**
   * One a second while somebody watched, the oldest first
   */
  history: DashboardUpdate[];
  metrics: Metrics;
  success?: true;
  timestamp: string;
  /**
   * What each widget shows, by its id
   */
  widgets: {
    [k: string]: {
      [k: string]: unknown;
    };
  };
}
/**
 * `dashboard:update`: once a second while somebody watches.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "DashboardUpdate".
 */
export interface DashboardUpdate {
  metrics: Metrics;
  timestamp: string;
}
/**
 * How the whole system does; sums only, since everybody may see them.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
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
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ErrorMessage".
 */
export interface ErrorMessage {
  code: string;
  message: string;
}
/**
 * Every answer to a request that did not go well.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Failure".
 */
export interface Failure {
  details?: FailureDetails;
  error: string;
  success?: false;
}
/**
 * What a program may want to know about a failure.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "FailureDetails".
 */
export interface FailureDetails {
  /**
   * `maintenance` where new work is not taken just now
   */
  code?: string | null;
  fields?: BrokenRule[];
  retryAfterSeconds?: number | null;
}
/**
 * One failed item of a group.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
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
 * Failures of one kind.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "FailureGroup".
 */
export interface FailureGroup {
  count: number;
  examples: FailureExample[];
  fingerprint: string;
  message: string;
  type: string;
}
/**
 * Whether the system can work, part by part.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "HealthResponse".
 */
export interface HealthResponse {
  database: PartHealth;
  loops: LoopsHealth;
  redis: PartHealth;
  status: "ok" | "degraded";
  success: boolean;
  workers: PartHealth;
}
/**
 * One part that the system needs.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PartHealth".
 */
export interface PartHealth {
  count?: number | null;
  error?: string | null;
  ok: boolean;
}
/**
 * What this web process does by itself: all of it is done, or what is overdue.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "LoopsHealth".
 */
export interface LoopsHealth {
  error: string | null;
  list: LoopHealth[];
  ok: boolean;
}
/**
 * Something that this web process does again and again by itself.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "LoopHealth".
 */
export interface LoopHealth {
  /**
   * How many of its runs have failed since the process was started.
   */
  failures: number;
  /**
   * True where it should have run long ago.
   */
  isOverdue: boolean;
  /**
   * When a run of it ended last.
   */
  lastRunAt: string | null;
  name: string;
}
/**
 * Which batches, in which order.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "HistoryParameters".
 */
export interface HistoryParameters {
  createdAfter?: string | null;
  createdBefore?: string | null;
  cursor?: string | null;
  limit?: number;
  offset?: number;
  operation?: string | null;
  owner?: "me" | "all";
  q?: string;
  sortBy?: "createdAt" | "name" | "status" | "total" | "progress";
  sortOrder?: "asc" | "desc";
  status?: Status | null;
}
/**
 * One page of batches.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "HistoryResponse".
 */
export interface HistoryResponse {
  batches: Batch[];
  limit: number;
  nextCursor: string | null;
  success?: true;
  total: number;
}
/**
 * A key that makes it safe to send a request again.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "IdempotencyHeader".
 */
export interface IdempotencyHeader {
  "Idempotency-Key"?: string | null;
}
/**
 * Why an item failed or was skipped.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ItemError".
 */
export interface ItemError {
  attempts?: number | null;
  field?: string | null;
  line?: number | null;
  message: string;
  rule?: string | null;
  type: string;
}
/**
 * What became of one item.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ItemResult".
 */
export interface ItemResult {
  durationMs: number;
  error: ItemError | null;
  key: string;
  outcome: ItemOutcome;
  position: number;
  result: unknown;
}
/**
 * Which results.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ItemsParameters".
 */
export interface ItemsParameters {
  /**
   * The position that the page before ended with
   */
  cursor?: number;
  limit?: number;
  outcome?: ItemOutcome | null;
  q?: string;
}
/**
 * One page of results in the order of the items.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ItemsResponse".
 */
export interface ItemsResponse {
  items: ItemResult[];
  limit: number;
  nextCursor: number | null;
  success?: true;
}
/**
 * E-mail address and password.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "LoginRequest".
 */
export interface LoginRequest {
  email: string;
  password: string;
}
/**
 * Tokens for the API and the sockets.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "LoginResponse".
 */
export interface LoginResponse {
  expiresAt: string;
  refreshToken: string;
  success?: true;
  token: string;
  user: User;
}
/**
 * A person who can log in.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "User".
 */
export interface User {
  email: string;
  id: string;
  name: string;
  roles: string[];
}
/**
 * The refresh token of the session to end; without one it is the session of the access token.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "LogoutRequest".
 */
export interface LogoutRequest {
  refreshToken?: string | null;
}
/**
 * Something that a process does again and again by itself.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Loop".
 */
export interface Loop {
  /**
   * How many of the runs have failed.
   */
  failures: number;
  /**
   * True where it should have run long ago.
   */
  isOverdue: boolean;
  /**
   * Type and message of the last error; empty where there was none.
   */
  lastError: string;
  lastErrorAt: string | null;
  /**
   * When a run ended last.
   */
  lastRunAt: string | null;
  name: string;
  runs: number;
  /**
   * The pause between two runs; 0 where it waits for something itself.
   */
  seconds: number;
}
/**
 * Whether new work of users is refused, and what they are told.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "MaintenanceRequest".
 */
export interface MaintenanceRequest {
  /**
   * Empty for a general one
   */
  message?: string;
  on: boolean;
}
/**
 * The user of the token.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "MeResponse".
 */
export interface MeResponse {
  success?: true;
  user: User;
}
/**
 * A node of the catalog.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "NodePath".
 */
export interface NodePath {
  node_id: string;
}
/**
 * A node with what is known of it, and the way to it from the top.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "NodeResponse".
 */
export interface NodeResponse {
  annotatedAt: string | null;
  area: string | null;
  breadcrumbs: Breadcrumb[];
  businessArea: string | null;
  complexity: string | null;
  description: string | null;
  id: string;
  keywords: string[] | null;
  kind: string;
  meta: {
    [k: string]: unknown;
  };
  pii: string | null;
  quality: number | null;
  success?: true;
  summary: string | null;
  tags: string[];
  title: string;
}
/**
 * A node in a list.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "NodeSummary".
 */
export interface NodeSummary {
  area: string | null;
  /**
   * How many nodes are right below it; lists of a tree only
   */
  children?: number;
  id: string;
  kind: string;
  title: string;
}
/**
 * Nodes by their titles.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "NodesResponse".
 */
export interface NodesResponse {
  hasMore: boolean;
  nodes: NodeSummary[];
  success?: true;
}
/**
 * Something that one was told.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Notification".
 */
export interface Notification {
  batchId: string | null;
  id: string;
  kind: "notification" | "alert";
  link: string | null;
  message: string;
  readAt: string | null;
  severity: "info" | "warning" | "error";
  timestamp: string;
  title: string;
}
/**
 * The notification that a path names.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "NotificationPath".
 */
export interface NotificationPath {
  notification_id: string;
}
/**
 * Which notifications.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "NotificationsParameters".
 */
export interface NotificationsParameters {
  cursor?: string | null;
  limit?: number;
  /**
   * Only those that were not read
   */
  unread?: boolean;
}
/**
 * One page of notifications, the newest first.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "NotificationsResponse".
 */
export interface NotificationsResponse {
  limit: number;
  nextCursor: string | null;
  notifications: Notification[];
  success?: true;
  /**
   * Of all pages
   */
  unreadCount: number;
}
/**
 * What to tell whom.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "NotifyRequest".
 */
export interface NotifyRequest {
  /**
   * A path of the page
   */
  link?: string | null;
  message?: string;
  /**
   * The e-mail address of the user, or the name of the role
   */
  recipient?: string | null;
  severity?: "info" | "warning" | "error";
  title: string;
  to: "all" | "role" | "user";
}
/**
 * What no client misses: it comes from the outbox, and again to who was away when it was sent.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Numbered".
 */
export interface Numbered {
  /**
   * Place in the one order of these events; a client that comes back names the last
   */
  eventId?: number | null;
}
/**
 * An operation, with the JSON Schemas that its form is rendered from.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "OperationInfo".
 */
export interface OperationInfo {
  acceptedFiles: string[];
  description: string;
  filtersSchema: {
    [k: string]: unknown;
  } | null;
  icon: string;
  input: "items" | "filters" | "file";
  itemLabel: string;
  maxUploadBytes: number;
  name: string;
  optionsSchema: {
    [k: string]: unknown;
  };
  /**
   * How many items may start a minute, over all batches
   */
  perMinute: number | null;
  /**
   * How long one item may take
   */
  timeoutSeconds: number | null;
  title: string;
}
/**
 * All operations.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "OperationsResponse".
 */
export interface OperationsResponse {
  operations: OperationInfo[];
  success?: true;
}
/**
 * What the system needs to work.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
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
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Pong".
 */
export interface Pong {
  timestamp: string;
}
/**
 * Everything that runs: web processes, worker processes, queues, rooms.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ProcessesResponse".
 */
export interface ProcessesResponse {
  queues: Queue[];
  rooms: {
    [k: string]: number;
  };
  success?: true;
  web: WebProcess[];
  workers: WorkerProcess[];
}
/**
 * What there is to do of one priority.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Queue".
 */
export interface Queue {
  chunksInHand: number;
  /**
   * Messages in Redis; each is worth about a second of work.
   */
  messages: number;
  pendingBatches: number;
  priority: Priority;
  /**
   * Chunks that wait for a worker.
   */
  queuedChunks: number;
  runningBatches: number;
}
/**
 * A web process that is alive.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "WebProcess".
 */
export interface WebProcess {
  anonymous: number;
  authenticated: number;
  host: string;
  id: string;
  loops: Loop[];
  pid: number | null;
  startedAt: string | null;
}
/**
 * A process of a worker that is alive, and what it has in hand.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "WorkerProcess".
 */
export interface WorkerProcess {
  host: string;
  id: string;
  inHand: WorkInHand[];
  loops: Loop[];
  pid: number | null;
  startedAt: string | null;
}
/**
 * A batch that a worker process works for.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "WorkInHand".
 */
export interface WorkInHand {
  batchId: string;
  batchName: string;
  /**
   * True where its input is read, false where its items run.
   */
  isPlanning: boolean;
}
/**
 * How many are left.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ReadResponse".
 */
export interface ReadResponse {
  success?: true;
  unreadCount: number;
}
/**
 * `recovered`: follows what a client missed while it was away, and the state of its running batches.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
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
 * The refresh token that the login gave; each can be used once.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "RefreshRequest".
 */
export interface RefreshRequest {
  refreshToken: string;
}
/**
 * The summary of a batch, its failures by kind, the largest first.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ResultsResponse".
 */
export interface ResultsResponse {
  batch: Batch;
  failures: FailureGroup[];
  success?: true;
  summary: Summary;
}
/**
 * The numbers of a batch.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Summary".
 */
export interface Summary {
  durationMs: number | null;
  failed: number;
  processed: number;
  /**
   * Items a second over the whole run
   */
  rate: number;
  skipped: number;
  successful: number;
  total: number | null;
}
/**
 * `room-joined` and `room-left`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Room".
 */
export interface Room {
  room: string;
}
/**
 * What to look for; area and kind narrow it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SearchQuery".
 */
export interface SearchQuery {
  area?: string | null;
  kind?: string | null;
  limit?: number;
  offset?: number;
  q?: string;
}
/**
 * What was found, by title.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SearchResponse".
 */
export interface SearchResponse {
  /**
   * How many of all found are of each area and kind
   */
  facets: {
    [k: string]: {
      [k: string]: number;
    };
  };
  nodes: NodeSummary[];
  success?: true;
  total: number;
}
/**
 * What the server sends: the payload of each event.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ServerEvents".
 */
export interface ServerEvents {
  "batch:cancelled": BatchChange;
  "batch:complete": BatchComplete;
  "batch:created": BatchChange;
  "batch:error": BatchError;
  "batch:paused": BatchChange;
  "batch:progress": BatchProgress;
  "batch:resumed": BatchChange;
  "catalog:reload": CatalogReload;
  "catalog:update": CatalogUpdate;
  "chat:message": ChatMessage;
  "chat:typing": ChatTyping;
  "dashboard:update": DashboardUpdate;
  "dashboard:widget-update": WidgetUpdate;
  error: ErrorMessage;
  pong: Pong;
  recovered: Recovered;
  "room-joined": Room;
  "room-left": Room;
  "system:alert": SystemNotification;
  "system:notification": SystemNotification;
  "system:shutdown": Shutdown;
  "system:status": SystemStatus;
  welcome: Welcome;
}
/**
 * `dashboard:widget-update`: what one widget shows has changed.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
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
/**
 * `system:notification` and `system:alert`: something that a user, a role or everybody should know.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
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
 * `system:shutdown`: this web process ends; the client connects to another one, or to the next.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Shutdown".
 */
export interface Shutdown {
  message: string;
  timestamp: string;
}
/**
 * `system:status`: how the system does, sent when that changes.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
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
 * `welcome`: the first event of each connection.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
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
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "WelcomeUser".
 */
export interface WelcomeUser {
  id: string;
  roles: string[];
}
/**
 * How many batches there are.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "StatsResponse".
 */
export interface StatsResponse {
  byOperation: {
    [k: string]: number;
  };
  byStatus: {
    [k: string]: number;
  };
  success?: true;
  total: number;
}
/**
 * Base of every answer to a request that went well.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Success".
 */
export interface Success {
  success?: true;
}
/**
 * How the system does.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SystemStatusResponse".
 */
export interface SystemStatusResponse {
  success?: true;
  system: SystemStatus;
}
