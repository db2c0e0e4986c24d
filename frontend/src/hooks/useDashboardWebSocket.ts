export {
  type DashboardState,
  useDashboardWebSocket,
} from "../features/dashboard/useDashboardWebSocket";
