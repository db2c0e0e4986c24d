import { useEffect } from "react";
import { type UseWebSocketResult, useWebSocket } from "./useWebSocket";

/** The page's connection, in a room as long as the component is there. */
export function useRoom(room: string): UseWebSocketResult {
  const connection = useWebSocket();
  const { joinRoom, leaveRoom } = connection;
  useEffect(() => {
    joinRoom(room);
    return () => leaveRoom(room);
  }, [room, joinRoom, leaveRoom]);
  return connection;
}
