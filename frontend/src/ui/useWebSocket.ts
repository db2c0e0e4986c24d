import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import type { Socket } from "socket.io-client";
import type { ClientToServer, WireSocket } from "../core/listen";
import { type ConnectionState, connection } from "../core/socket";

export interface UseWebSocketOptions {
  /** Connect when the component appears; true unless told otherwise. */
  autoConnect?: boolean;
  /** A token of one's own; without one, that of whoever is logged in. */
  token?: string;
}

/** Sends an event: one that the server knows only with what it carries, one of one's own with anything. */
type Emit = <Name extends string>(
  event: Name,
  ...data: Name extends keyof ClientToServer ? Parameters<ClientToServer[Name]> : unknown[]
) => void;

export interface UseWebSocketResult {
  socket: WireSocket | null;
  isConnected: boolean;
  /** Whether what is shown is up to date, and if not, why. */
  state: ConnectionState;
  emit: Emit;
  joinRoom: (room: string) => void;
  leaveRoom: (room: string) => void;
}

/**
 * The page's connection; however many components use it, there is one.
 *
 * A component may join a room as often as it likes, it is in it once; it is joined again after a
 * reconnection, and left when the component goes.
 */
export function useWebSocket(options: UseWebSocketOptions = {}): UseWebSocketResult {
  const { autoConnect = true, token } = options;
  const state = useSyncExternalStore(connection.subscribe, connection.current);
  const rooms = useRef(new Set<string>());

  useEffect(() => {
    if (autoConnect) connection.connect(token);
  }, [autoConnect, token]);

  const emit = useCallback<Emit>((event, ...data) => {
    // The library's types know no events but those of this server.
    (connection.socket as Socket | null)?.emit(event, ...data);
  }, []);
  const joinRoom = useCallback((room: string) => {
    if (rooms.current.has(room)) return;
    rooms.current.add(room);
    connection.joinRoom(room);
  }, []);
  const leaveRoom = useCallback((room: string) => {
    if (rooms.current.delete(room)) connection.leaveRoom(room);
  }, []);
  useEffect(() => {
    const joined = rooms.current;
    return () => {
      for (const room of joined) connection.leaveRoom(room);
      joined.clear();
    };
  }, []);

  const isConnected = state === "live" || state === "recovered";
  return { socket: connection.socket, isConnected, state, emit, joinRoom, leaveRoom };
}
