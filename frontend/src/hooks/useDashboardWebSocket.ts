export { type DashboardState, useDashboardWebSocket } from "./useWebSocket";
