import { useEffect, useRef } from "react";
import type { DashboardUpdate, WidgetUpdate } from "../../core/wire";
import { useWebSocket } from "../../ui/useWebSocket";

const ROOM = "dashboard";

/**
 * Calls the handlers with what the dashboard is told; its room is joined as long as the component is there.
 *
 * Handlers may be written inline: a new one is used from the next event on, and nothing is subscribed anew.
 */
export function useDashboardUpdates(
  onUpdate?: (update: DashboardUpdate) => void,
  onWidgetUpdate?: (update: WidgetUpdate) => void,
): { isConnected: boolean } {
  const { socket, isConnected, joinRoom, leaveRoom } = useWebSocket();
  const handlers = useRef({ onUpdate, onWidgetUpdate });
  useEffect(() => {
    handlers.current = { onUpdate, onWidgetUpdate };
  });

  useEffect(() => {
    joinRoom(ROOM);
    return () => leaveRoom(ROOM);
  }, [joinRoom, leaveRoom]);

  useEffect(() => {
    if (!socket) return;
    const update = (event: DashboardUpdate) => handlers.current.onUpdate?.(event);
    const widget = (event: WidgetUpdate) => handlers.current.onWidgetUpdate?.(event);
    socket.on("dashboard:update", update);
    socket.on("dashboard:widget-update", widget);
    return () => {
      socket.off("dashboard:update", update);
      socket.off("dashboard:widget-update", widget);
    };
  }, [socket]);

  return { isConnected };
}
