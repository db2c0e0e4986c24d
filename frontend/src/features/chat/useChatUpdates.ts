import { useEffect, useRef } from "react";
import type { ChatMessage, ChatTyping } from "../../core/wire";
import { useWebSocket } from "../../ui/useWebSocket";

/**
 * Calls the handlers with what is said in a chat room; it is joined as long as the component is there.
 *
 * Handlers may be written inline: a new one is used from the next event on, and nothing is subscribed anew.
 *
 * @param room `chat`, or `chat:` and a name.
 */
export function useChatUpdates(
  onMessage?: (message: ChatMessage) => void,
  onTyping?: (typing: ChatTyping) => void,
  room = "chat",
): { isConnected: boolean } {
  const { socket, isConnected, joinRoom, leaveRoom } = useWebSocket();
  const handlers = useRef({ onMessage, onTyping });
  useEffect(() => {
    handlers.current = { onMessage, onTyping };
  });

  useEffect(() => {
    joinRoom(room);
    return () => leaveRoom(room);
  }, [room, joinRoom, leaveRoom]);

  useEffect(() => {
    if (!socket) return;
    const message = (event: ChatMessage) => {
      if (event.room === room) handlers.current.onMessage?.(event);
    };
    const typing = (event: ChatTyping) => {
      if (event.room === room) handlers.current.onTyping?.(event);
    };
    socket.on("chat:message", message);
    socket.on("chat:typing", typing);
    return () => {
      socket.off("chat:message", message);
      socket.off("chat:typing", typing);
    };
  }, [socket, room]);

  return { isConnected };
}
