import { useEffect, useRef } from "react";
import { listen } from "../../core/listen";
import type { ChatMessage, ChatTyping } from "../../core/wire";
import { useRoom } from "../../ui/useRoom";

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
  const { socket, isConnected } = useRoom(room);
  const handlers = useRef({ onMessage, onTyping });
  useEffect(() => {
    handlers.current = { onMessage, onTyping };
  });

  useEffect(() => {
    if (!socket) return;
    return listen(socket, {
      "chat:message": (message) => {
        if (message.room === room) handlers.current.onMessage?.(message);
      },
      "chat:typing": (typing) => {
        if (typing.room === room) handlers.current.onTyping?.(typing);
      },
    });
  }, [socket, room]);

  return { isConnected };
}
