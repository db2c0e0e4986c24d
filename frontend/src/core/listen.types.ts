import { listen, type WireSocket } from "./listen";

/** Never called: `tsc` fails where one of these is not refused any more. */
export function whatTheCompilerRefuses(socket: WireSocket): void {
  // @ts-expect-error There is no event of this name.
  listen(socket, { "batch:progres": () => {} });
  // @ts-expect-error Nor one of this.
  socket.on("batch:progres", () => {});
  // @ts-expect-error The event does not carry this.
  socket.on("batch:progress", (tick) => tick.results);
  // @ts-expect-error This is not what the event takes.
  socket.emit("join-room", { name: "chat" });
  // @ts-expect-error Only the server sends it.
  socket.emit("batch:progress", {});
  // @ts-expect-error The acknowledgement does not hold this.
  socket.emit("join-room", { room: "chat" }, (answer) => answer.message);
  // @ts-expect-error Nothing acknowledges it.
  socket.emit("ping", () => {});
}
