import { io, type Socket } from "socket.io-client";
import { API_URL, refreshSession } from "./api";
import { session } from "./session";
import { Subscribable } from "./subscribable";

export type ConnectionState = "connecting" | "live" | "reconnecting" | "offline";

const RETRY_MS = 1000;

/**
 * The one connection of this page.
 *
 * Rooms are counted: a room is left when the last one who asked for it lets go, and joined again after
 * every reconnection.
 */
export class Connection extends Subscribable {
  socket: Socket | null = null;
  private state: ConnectionState = "offline";
  private token: string | undefined;
  private readonly rooms = new Map<string, number>();

  constructor(private readonly open: (auth: (send: (data: object) => void) => void) => Socket) {
    super();
  }

  readonly current = (): ConnectionState => this.state;

  /** Connects, or goes on with the connection that is there; a token of its own wins over the session's. */
  connect(token?: string): Socket {
    if (token !== undefined && token !== this.token) {
      this.token = token;
      if (this.socket?.connected) this.socket.disconnect().connect();
    }
    if (!this.socket) {
      this.change("connecting");
      this.socket = this.open((send) => send({ token: this.token ?? session.current()?.token }));
      this.listen(this.socket);
    }
    return this.socket;
  }

  disconnect(): void {
    this.socket?.disconnect();
    this.socket = null;
    this.token = undefined;
    this.change("offline");
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

  private listen(socket: Socket): void {
    socket.on("connect", () => {
      for (const room of this.rooms.keys()) socket.emit("join-room", room);
      this.change("live");
    });
    socket.on("disconnect", (reason) => {
      this.change("reconnecting");
      // After a disconnection that the server wanted, the library does not try again by itself.
      if (reason === "io server disconnect") void this.renew(socket);
    });
    socket.on("connect_error", (error) => {
      this.change("reconnecting");
      if (error.message === "Authentication failed") void this.renew(socket);
    });
  }

  private async renew(socket: Socket): Promise<void> {
    await refreshSession().catch(() => false);
    setTimeout(() => {
      if (this.socket === socket && (this.token || session.current())) socket.connect();
    }, RETRY_MS);
  }

  private change(state: ConnectionState): void {
    this.state = state;
    this.notify();
  }
}

export const connection = new Connection((auth) =>
  io(API_URL || window.location.origin, {
    auth,
    transports: ["websocket", "polling"],
    reconnectionDelay: 300,
    reconnectionDelayMax: 5000,
  }),
);
