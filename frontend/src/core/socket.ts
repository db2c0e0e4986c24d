import { io, type Socket } from "socket.io-client";
import { noteServerTime } from "./clock";
import type { Welcome } from "./events";
import { refreshSession } from "./http";
import { SERVER_URL } from "./server";
import { session } from "./session";
import { Subscribable } from "./subscribable";

export type ConnectionState = "connecting" | "live" | "reconnecting" | "offline";

const RETRY_MS = 1000;
/** After so many attempts in vain the page says that it is offline; it goes on trying. */
const ATTEMPTS_UNTIL_OFFLINE = 4;

type SendAuth = (data: { token?: string }) => void;
type OpenSocket = (auth: (send: SendAuth) => void) => Socket;

/**
 * The one connection of this page.
 *
 * Rooms are counted: a room is left when the last one who asked for it lets go, and joined again after
 * every reconnection.
 */
export class Connection extends Subscribable {
  socket: Socket | null = null;
  private state: ConnectionState = "offline";
  private attempts = 0;
  private ownToken: string | undefined;
  private readonly rooms = new Map<string, number>();

  constructor(private readonly open: OpenSocket) {
    super();
  }

  readonly current = (): ConnectionState => this.state;

  /** Connects, or goes on with the connection that is there; a token of one's own wins over the session's. */
  connect(token?: string): Socket {
    if (token !== undefined && token !== this.ownToken) {
      this.ownToken = token;
      // Handshaking anew makes the connection that user's.
      if (this.socket?.connected) this.socket.disconnect().connect();
    }
    if (!this.socket) {
      this.change("connecting");
      this.socket = this.open((send) => send({ token: this.token() }));
      this.listen(this.socket);
    }
    return this.socket;
  }

  disconnect(): void {
    const socket = this.socket;
    this.socket = null;
    this.ownToken = undefined;
    this.attempts = 0;
    socket?.disconnect();
    this.change("offline");
  }

  /** Gives the open connection a new token, so that it outlives the old one. */
  renewToken(): void {
    if (this.socket?.connected && !this.ownToken) {
      this.socket.emit("authenticate", { token: this.token() });
    }
  }

  joinRoom(room: string): void {
    const count = this.rooms.get(room) ?? 0;
    this.rooms.set(room, count + 1);
    if (count === 0 && this.socket?.connected) this.socket.emit("join-room", room);
  }

  leaveRoom(room: string): void {
    const count = this.rooms.get(room) ?? 0;
    if (count > 1) {
      this.rooms.set(room, count - 1);
    } else if (count === 1) {
      this.rooms.delete(room);
      if (this.socket?.connected) this.socket.emit("leave-room", room);
    }
  }

  private token(): string | undefined {
    return this.ownToken ?? session.current()?.token;
  }

  private listen(socket: Socket): void {
    socket.on("connect", () => {
      this.attempts = 0;
      for (const room of this.rooms.keys()) socket.emit("join-room", room);
      this.change("live");
    });
    socket.on("welcome", (welcome: Welcome) => noteServerTime(welcome.timestamp));
    socket.on("disconnect", (reason) => {
      if (this.socket !== socket) return;
      this.change("reconnecting");
      // After a disconnection that the server wanted, the library does not try again by itself.
      if (reason === "io server disconnect") void this.retry(socket);
    });
    socket.on("connect_error", (error) => {
      if (this.socket !== socket) return;
      this.attempts += 1;
      this.change(this.attempts < ATTEMPTS_UNTIL_OFFLINE ? "reconnecting" : "offline");
      // Nor does it after a refusal, which mostly means that the token has run out.
      if (!socket.active) void this.retry(socket, error.message === "Authentication failed");
    });
  }

  private async retry(socket: Socket, withNewToken = true): Promise<void> {
    if (withNewToken) await refreshSession().catch(() => false);
    setTimeout(() => {
      if (this.socket === socket && !socket.connected) socket.connect();
    }, RETRY_MS);
  }

  private change(state: ConnectionState): void {
    if (state === this.state) return;
    this.state = state;
    this.notify();
  }
}

export const connection = new Connection((auth) =>
  io(SERVER_URL || window.location.origin, {
    auth,
    transports: ["websocket", "polling"],
    // Where a proxy lets no WebSocket through, the next attempt polls.
    tryAllTransports: true,
    reconnectionDelay: 300,
    reconnectionDelayMax: 5000,
  }),
);
