import { jsonBody, type Query, readAnswer, request, send, withQuery } from "./http";
import { withKey } from "./idempotency";
import { session } from "./session";
import { type NewBatch, upload } from "./upload";
import type {
  AreasResponse,
  AuthOptionsResponse,
  BatchResponse,
  ChatHistoryResponse,
  ChatRoomsResponse,
  ConnectionsResponse,
  DashboardResponse,
  HistoryResponse,
  ItemsResponse,
  LoginResponse,
  NodeResponse,
  NodesResponse,
  NotificationsResponse,
  OperationsResponse,
  ProcessesResponse,
  ReadResponse,
  ResultsResponse,
  SearchResponse,
  StatsResponse,
  Success,
  SystemStatusResponse,
} from "./wire";

export { ApiError } from "./http";
export type { NewBatch } from "./upload";

/** What a person can do to a batch as a whole; the names are those of the HTTP paths. */
export type Action = "pause" | "resume" | "retry" | "cancel" | "seal";

/** What an admin can start for the whole catalog. */
export type CatalogJob = "reload" | "add-files" | "reindex";

async function login(email: string, password: string): Promise<void> {
  const response = await send("/api/auth/login", jsonBody({ email, password }));
  session.start(await readAnswer<LoginResponse>(response));
}

async function logout(): Promise<void> {
  const refreshToken = session.current()?.refreshToken;
  session.end();
  // The page is logged out even where the server cannot be told.
  if (refreshToken) await send("/api/auth/logout", jsonBody({ refreshToken })).catch(() => {});
}

const batchPath = (id: string): string => `/api/batch/${encodeURIComponent(id)}`;

const nodePath = (id: string): string =>
  `/api/functions/nodes/${id.split("/").map(encodeURIComponent).join("/")}`;

/** All requests that the UI makes. */
export const api = {
  login,
  logout,
  upload,
  authOptions: async () => readAnswer<AuthOptionsResponse>(await send("/api/auth/options")),
  operations: () => request<OperationsResponse>("/api/batch/operations"),
  areas: () => request<AreasResponse>("/api/functions/areas"),
  catalogChildren: (parent: string | null, query: Query) =>
    request<NodesResponse>(
      withQuery(parent === null ? "/api/functions/index" : `${nodePath(parent)}/children`, query),
    ),
  catalogNode: (id: string) => request<NodeResponse>(nodePath(id)),
  catalogSearch: (query: Query) =>
    request<SearchResponse>(withQuery("/api/functions/search", query)),
  startCatalogJob: (job: CatalogJob, key: string) =>
    request<BatchResponse>(
      `/api/functions/${job}`,
      withKey(key, job === "reindex" ? { method: "POST" } : jsonBody({ files: [] })),
    ),
  chatRooms: () => request<ChatRoomsResponse>("/api/chat/rooms"),
  chatMessages: (query: Query) =>
    request<ChatHistoryResponse>(withQuery("/api/chat/messages", query)),
  dashboard: () => request<DashboardResponse>("/api/dashboard/metrics"),
  stats: () => request<StatsResponse>("/api/batch/stats"),
  history: (query: Query) => request<HistoryResponse>(withQuery("/api/batch/history", query)),
  batch: (id: string) => request<BatchResponse>(batchPath(id)),
  results: (id: string) => request<ResultsResponse>(`${batchPath(id)}/results`),
  items: (id: string, query: Query) =>
    request<ItemsResponse>(withQuery(`${batchPath(id)}/items`, query)),
  act: (id: string, action: Action) =>
    request<BatchResponse>(`${batchPath(id)}/${action}`, { method: "POST" }),
  notifications: (query: Query) =>
    request<NotificationsResponse>(withQuery("/api/notifications", query)),
  readNotification: (id: string) =>
    request<ReadResponse>(`/api/notifications/${encodeURIComponent(id)}/read`, { method: "POST" }),
  readAllNotifications: () =>
    request<ReadResponse>("/api/notifications/read-all", { method: "POST" }),
  processes: () => request<ProcessesResponse>("/api/admin/processes"),
  connections: (query: Query) =>
    request<ConnectionsResponse>(withQuery("/api/admin/connections", query)),
  endConnection: (id: string) =>
    request<Success>(`/api/admin/connections/${encodeURIComponent(id)}`, { method: "DELETE" }),
  systemStatus: () => request<SystemStatusResponse>("/api/system/status"),
  create: (batch: NewBatch, key: string) =>
    request<BatchResponse>("/api/batch/create", withKey(key, jsonBody(batch))),
};
