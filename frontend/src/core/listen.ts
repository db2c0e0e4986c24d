import type { Socket } from "socket.io-client";
import type { ClientEvents, ServerEvents } from "./wire";

/** What hears the events of the server, by their names. */
export type ServerToClient = { [Name in keyof ServerEvents]: (event: ServerEvents[Name]) => void };

/** How a client sends its events, by their names; it may wait for what acknowledges them. */
export type ClientToServer = { [Name in keyof ClientEvents]: Sending<ClientEvents[Name]> };

/**
 * The socket of this server: the compiler knows its events and what they carry.
 *
 * Events of one's own are added to `ServerEvents` and `ClientEvents` of core/wire by declaring these anew,
 * as TypeScript merges interfaces.
 */
export type WireSocket = Socket<ServerToClient, ClientToServer>;

type Sending<Event extends { payload: unknown; answer: unknown }> = (
  ...message:
    | Payload<Event>
    | (Event["answer"] extends null
        ? never
        : [...Payload<Event>, acknowledge: (answer: Event["answer"]) => void])
) => void;

type Payload<Event extends { payload: unknown }> = Event["payload"] extends null
  ? []
  : [payload: Event["payload"]];

/** Calls the handlers with what the server sends, until the function that comes back is called. */
export function listen(socket: WireSocket, handlers: Partial<ServerToClient>): () => void {
  // Each name has the handler of its own event, which is lost where all are taken together.
  const all = Object.entries(handlers) as [keyof ServerEvents, (event: unknown) => void][];
  for (const [name, handler] of all) socket.on(name, handler);
  return () => {
    for (const [name, handler] of all) socket.off(name, handler);
  };
}
