import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "../../core/api";
import type { SystemStatus } from "../../core/events";
import { useWebSocket } from "../../ui/useWebSocket";

const KEY = ["system-status"];

/** How the system does, or undefined while it is not known. */
export function useSystemStatus(): SystemStatus | undefined {
  const { socket, isConnected } = useWebSocket();
  const client = useQueryClient();
  const { data } = useQuery({ queryKey: KEY, queryFn: api.systemStatus, enabled: isConnected });

  useEffect(() => {
    if (!socket) return;
    const take = (system: SystemStatus) => client.setQueryData(KEY, { success: true, system });
    socket.on("system:status", take);
    return () => {
      socket.off("system:status", take);
    };
  }, [socket, client]);

  useEffect(() => {
    // Changes are told to those who are connected.
    if (isConnected) void client.invalidateQueries({ queryKey: KEY });
  }, [isConnected, client]);

  return data?.system;
}
