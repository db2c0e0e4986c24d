import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { randomId } from "../../core/randomId";
import { connection } from "../../core/socket";
import type { ChatAnswer, ChatMessage } from "../../core/wire";
import { queries } from "../../queries";
import { useChatUpdates } from "./useChatUpdates";

const ANSWER_MS = 8000;
/** Said again so often while somebody types; the server takes five seconds of silence for the end. */
const TYPING_MS = 2000;

export interface Outgoing {
  clientId: string;
  text: string;
  /** Why it was not sent; empty while it is under way. */
  problem: string;
}

/** One chat room, the same as long as the component is there: what was said, is being said, and who types. */
export function useChatRoom(room: string) {
  const [live, setLive] = useState<ChatMessage[]>([]);
  const [outgoing, setOutgoing] = useState<Outgoing[]>([]);
  const [typists, setTypists] = useState<Record<string, string>>({});
  const saidAt = useRef(0);
  const history = useInfiniteQuery(queries.chatMessages(room));

  const { isConnected } = useChatUpdates(
    (message) => {
      setLive((before) => [...before, message]);
      setOutgoing((before) => before.filter((one) => one.clientId !== message.clientId));
    },
    ({ userId, user, isTyping }) =>
      setTypists(({ [userId]: _, ...others }) =>
        isTyping ? { ...others, [userId]: user } : others,
      ),
    room,
  );

  const deliver = useCallback(
    (message: Outgoing) => {
      const fail = (problem: string) =>
        setOutgoing((before) =>
          before.map((one) => (one.clientId === message.clientId ? { ...one, problem } : one)),
        );
      const { socket } = connection;
      if (!socket?.connected) return fail("Not connected");
      const { clientId, text } = message;
      socket
        .timeout(ANSWER_MS)
        .emit(
          "chat:message",
          { room, text, clientId },
          (late: Error | null, answer?: ChatAnswer) => {
            if (late) fail("The server did not answer");
            else if (!answer?.success) fail(answer?.error ?? "It was not accepted");
          },
        );
    },
    [room],
  );

  const send = useCallback(
    (text: string) => {
      const message = { clientId: randomId(), text, problem: "" };
      setOutgoing((before) => [...before, message]);
      saidAt.current = 0;
      deliver(message);
    },
    [deliver],
  );

  const retry = useCallback(
    (message: Outgoing) => {
      const again = { ...message, problem: "" };
      setOutgoing((before) =>
        before.map((one) => (one.clientId === message.clientId ? again : one)),
      );
      deliver(again);
    },
    [deliver],
  );

  const type = useCallback(() => {
    if (Date.now() - saidAt.current < TYPING_MS || !connection.socket?.connected) return;
    saidAt.current = Date.now();
    connection.socket.emit("chat:typing", { room, isTyping: true });
  }, [room]);

  const kept = history.data?.pages.flatMap((page) => page.messages).reverse() ?? [];
  return {
    history,
    messages: inOrder([...kept, ...live]),
    outgoing,
    typists: Object.values(typists),
    isConnected,
    send,
    retry,
    type,
  };
}

/** Each message once, by its id: one may be in the history and have come over the socket too. */
function inOrder(messages: ChatMessage[]): ChatMessage[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  return [...byId.values()].sort((one, other) => one.id - other.id);
}
