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
} from "../core/wire";
import { aBatch } from "./batches";
import { aNode } from "./catalog";
import { operations } from "./operations";
import { ada, loggedIn } from "./people";
import { someResults } from "./results";
import { aDashboard, aStatus } from "./system";

/** What the server answers, by method and path; a part that begins with a colon stands for any. */
export interface Routes {
  "GET /api/auth/options": AuthOptionsResponse;
  "POST /api/auth/login": LoginResponse;
  "POST /api/auth/refresh": LoginResponse;
  "POST /api/auth/logout": Success;
  "GET /api/batch/operations": OperationsResponse;
  "GET /api/batch/stats": StatsResponse;
  "GET /api/batch/history": HistoryResponse;
  "POST /api/batch/create": BatchResponse;
  "GET /api/batch/:id/results": ResultsResponse;
  "GET /api/batch/:id/items": ItemsResponse;
  "POST /api/batch/:id/:action": BatchResponse;
  "GET /api/batch/:id": BatchResponse;
  "GET /api/functions/areas": AreasResponse;
  "GET /api/functions/index": NodesResponse;
  "GET /api/functions/search": SearchResponse;
  "GET /api/functions/nodes/:id/children": NodesResponse;
  "GET /api/functions/nodes/:id": NodeResponse;
  "POST /api/functions/:job": BatchResponse;
  "GET /api/chat/rooms": ChatRoomsResponse;
  "GET /api/chat/messages": ChatHistoryResponse;
  "GET /api/dashboard/metrics": DashboardResponse;
  "GET /api/notifications": NotificationsResponse;
  "POST /api/notifications/read-all": ReadResponse;
  "POST /api/notifications/:id/read": ReadResponse;
  "GET /api/admin/processes": ProcessesResponse;
  "GET /api/admin/connections": ConnectionsResponse;
  "DELETE /api/admin/connections/:id": Success;
  "GET /api/system/status": SystemStatusResponse;
}

export type Route = keyof Routes;

/** The answers of a server on which nothing has happened yet. Of two routes that fit, the first is meant. */
export const usualAnswers: { [Name in Route]: Routes[Name] } = {
  "GET /api/auth/options": { local: false, demoAccounts: [] },
  "POST /api/auth/login": loggedIn(ada),
  "POST /api/auth/refresh": loggedIn(ada),
  "POST /api/auth/logout": {},
  "GET /api/batch/operations": { operations },
  "GET /api/batch/stats": { total: 0, byStatus: {}, byOperation: {} },
  "GET /api/batch/history": { batches: [], total: 0, limit: 50, nextCursor: null },
  "POST /api/batch/create": { batch: aBatch({ status: "pending", phase: "queued", processed: 0 }) },
  "GET /api/batch/:id/results": someResults(),
  "GET /api/batch/:id/items": { items: [], limit: 100, nextCursor: null },
  "POST /api/batch/:id/:action": { batch: aBatch() },
  "GET /api/batch/:id": { batch: aBatch() },
  "GET /api/functions/areas": { areas: [] },
  "GET /api/functions/index": { nodes: [], hasMore: false },
  "GET /api/functions/search": { nodes: [], total: 0, facets: {} },
  "GET /api/functions/nodes/:id/children": { nodes: [], hasMore: false },
  "GET /api/functions/nodes/:id": aNode(),
  "POST /api/functions/:job": { batch: aBatch({ id: "job", batchId: "job" }) },
  "GET /api/chat/rooms": { rooms: [] },
  "GET /api/chat/messages": { messages: [], nextBefore: null },
  "GET /api/dashboard/metrics": aDashboard(),
  "GET /api/notifications": { notifications: [], unreadCount: 0, limit: 20, nextCursor: null },
  "POST /api/notifications/read-all": { unreadCount: 0 },
  "POST /api/notifications/:id/read": { unreadCount: 0 },
  "GET /api/admin/processes": { queues: [], workers: [], web: [], rooms: {} },
  "GET /api/admin/connections": { connections: [], total: 0 },
  "DELETE /api/admin/connections/:id": {},
  "GET /api/system/status": { system: aStatus() },
};
