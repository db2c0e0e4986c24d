import { useEffect, useRef } from "react";
import { listen } from "../../core/listen";
import type { DashboardUpdate, WidgetUpdate } from "../../core/wire";
import { useRoom } from "../../ui/useRoom";

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
  const { socket, isConnected } = useRoom(ROOM);
  const handlers = useRef({ onUpdate, onWidgetUpdate });
  useEffect(() => {
    handlers.current = { onUpdate, onWidgetUpdate };
  });

  useEffect(() => {
    if (!socket) return;
    return listen(socket, {
      "dashboard:update": (update) => handlers.current.onUpdate?.(update),
      "dashboard:widget-update": (update) => handlers.current.onWidgetUpdate?.(update),
    });
  }, [socket]);

  return { isConnected };
}
