import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { listen } from "../../core/listen";
import type { SystemStatus } from "../../core/wire";
import { queries, refreshSystemStatus } from "../../queries";
import { useWebSocket } from "../../ui/useWebSocket";

/** How the system does, or undefined while it is not known. */
export function useSystemStatus(): SystemStatus | undefined {
  const { socket, isConnected } = useWebSocket();
  const client = useQueryClient();
  const { data } = useQuery({ ...queries.systemStatus(), enabled: isConnected });

  useEffect(() => {
    if (!socket) return;
    return listen(socket, {
      "system:status": (system) =>
        client.setQueryData(queries.systemStatus().queryKey, { success: true, system }),
    });
  }, [socket, client]);

  useEffect(() => {
    // Changes are told to those who are connected.
    if (isConnected) refreshSystemStatus(client);
  }, [isConnected, client]);

  return data?.system;
}
