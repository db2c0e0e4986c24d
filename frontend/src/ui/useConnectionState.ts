import { useSyncExternalStore } from "react";
import { type ConnectionState, connection } from "../core/socket";

/** Whether what the page shows is live. */
export function useConnectionState(): ConnectionState {
  return useSyncExternalStore(connection.subscribe, connection.current);
}

/** Whether events arrive just now. */
export function useIsConnected(): boolean {
  const state = useConnectionState();
  return state === "live" || state === "recovered";
}
