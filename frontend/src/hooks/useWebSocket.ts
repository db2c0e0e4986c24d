// The public hooks. Each lives with its feature; this file only names them.
export { useBatchUpdates } from "../features/batches/useBatchUpdates";
export { useChatUpdates } from "../features/chat/useChatUpdates";
export { useDashboardUpdates } from "../features/dashboard/useDashboardUpdates";
export {
  type DashboardState,
  useDashboardWebSocket,
} from "../features/dashboard/useDashboardWebSocket";
export {
  type UseWebSocketOptions,
  type UseWebSocketResult,
  useWebSocket,
} from "../ui/useWebSocket";
