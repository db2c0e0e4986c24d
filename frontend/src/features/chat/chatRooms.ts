/** The room that everybody begins with. */
const COMMON = "chat";
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,99}$/;

/** The Socket.IO room of a chat room's name; without a name, the one that everybody begins with. */
export const roomOf = (name: string | undefined): string => (name ? `${COMMON}:${name}` : COMMON);

/** The name in a Socket.IO room; undefined for the one that everybody begins with. */
export const nameOf = (room: string): string | undefined =>
  room === COMMON ? undefined : room.slice(COMMON.length + 1);

/** A name as it stands in an address; undefined where it is none. */
export const readRoomName = (value: unknown): string | undefined =>
  typeof value === "string" && NAME.test(value) ? value : undefined;

/**
 * The name that somebody has typed, spaces made into hyphens.
 *
 * @returns The name, or what is wrong with it.
 */
export function parseRoomName(text: string): { name: string } | { problem: string } {
  const name = text.trim().replace(/\s+/g, "-");
  if (!name) return { problem: "Type a name" };
  if (name.length > 100) return { problem: "At most 100 characters" };
  if (!NAME.test(name)) return { problem: "Only letters and digits, and inside . _ - @" };
  return { name };
}
