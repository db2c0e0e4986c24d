import type { ChatMessage } from "../core/wire";

/** A message in the common room, with whatever a test wants otherwise. */
export const aMessage = (id: number, changes: Partial<ChatMessage> = {}): ChatMessage => ({
  id,
  eventId: id,
  room: "chat",
  text: `text ${id}`,
  content: `text ${id}`,
  user: "Ada",
  sender: "Ada",
  userId: "u1",
  clientId: null,
  timestamp: new Date(id * 1000).toISOString(),
  ...changes,
});
