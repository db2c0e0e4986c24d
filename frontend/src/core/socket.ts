import { io } from "socket.io-client";
import { noteServerTime } from "./clock";
import { refreshSession } from "./http";
import { listen, type WireSocket } from "./listen";
import { randomId } from "./randomId";
import { SERVER_URL } from "./server";
import { session } from "./session";
import { Subscribable } from "./subscribable";
import type { ConnectRequest } from "./wire";

/**
 * `recovering`: the connection was lost, and what is missed meanwhile will be filled in. `recovered`: it has
 * just been filled in, whole. `stale`: what is shown may be out of date, since the server cannot be reached
 * or the gap was too large to be filled; the page then loads everything anew.
 */
export type ConnectionState = "connecting" | "live" | "recovering" | "recovered" | "stale";

const RETRY_MS = 1000;
const RECOVERED_MS = 4000;
/** After so many attempts in vain the page says that it may be out of date; it goes on trying. */
const ATTEMPTS_UNTIL_STALE = 4;

type SendAuth = (data: ConnectRequest) => void;
type OpenSocket = (auth: (send: SendAuth) => void) => WireSocket;

/**
 * The one connection of this page.
 *
 * Rooms are counted: a room is left when the last one who asked for it lets go, and joined again with
 * every reconnection. The number of the last event is kept, so that the server sends what was missed.
 */
export class Connection extends Subscribable {
  socket: WireSocket | null = null;
  private state: ConnectionState = "stale";
  private attempts = 0;
  private lastEventId: number | undefined;
  private asked = new Set<string>();
  private isResuming = false;
  private settling: ReturnType<typeof setTimeout> | undefined;
  private ownToken: string | undefined;
  private readonly rooms = new Map<string, number>();

  constructor(private readonly open: OpenSocket) {
    super();
  }

  readonly current = (): ConnectionState => this.state;

  /** Connects, or goes on with the connection that is there; a token of one's own wins over the session's. */
  connect(token?: string): WireSocket {
    if (token !== undefined && token !== this.ownToken) {
      this.ownToken = token;
      this.lastEventId = undefined;
      // Handshaking anew makes the connection that user's.
      if (this.socket?.connected) this.socket.disconnect().connect();
    }
    if (!this.socket) {
      this.change("connecting");
      this.socket = this.open((send) => send(this.auth()));
      this.listen(this.socket);
    }
    return this.socket;
  }

  disconnect(): void {
    const socket = this.socket;
    this.socket = null;
    this.ownToken = undefined;
    this.lastEventId = undefined;
    this.attempts = 0;
    socket?.disconnect();
    this.change("stale");
  }

  /** Says that everything shown was loaded anew, after a gap that could not be filled. */
  reloaded(): void {
    if (this.state === "stale" && this.socket?.connected) this.change("live");
  }

  /** Gives the open connection a new token, so that it outlives the old one. */
  renewToken(): void {
    const token = session.current()?.token;
    if (token && !this.ownToken && this.socket?.connected) {
      this.socket.emit("authenticate", { token });
    }
  }

  joinRoom(room: string): void {
    const count = this.rooms.get(room) ?? 0;
    this.rooms.set(room, count + 1);
    if (count === 0 && this.socket?.connected) this.socket.emit("join-room", { room });
  }

  leaveRoom(room: string): void {
    const count = this.rooms.get(room) ?? 0;
    if (count > 1) {
      this.rooms.set(room, count - 1);
    } else if (count === 1) {
      this.rooms.delete(room);
      if (this.socket?.connected) this.socket.emit("leave-room", { room });
    }
  }

  private token(): string | undefined {
    return this.ownToken ?? session.current()?.token;
  }

  private auth(): ConnectRequest {
    this.asked = new Set(this.rooms.keys());
    const auth: ConnectRequest = { token: this.token(), rooms: [...this.asked] };
    this.isResuming = this.lastEventId !== undefined;
    if (this.lastEventId !== undefined) auth.lastEventId = this.lastEventId;
    return auth;
  }

  private listen(socket: WireSocket): void {
    socket.onAny((_name, data?: { eventId?: number | null }) => {
      if (data?.eventId) this.lastEventId = data.eventId;
    });
    socket.on("connect", () => {
      this.attempts = 0;
      for (const room of this.rooms.keys())
        if (!this.asked.has(room)) socket.emit("join-room", { room });
      for (const room of this.asked) if (!this.rooms.has(room)) socket.emit("leave-room", { room });
      // After a gap `recovered` says more.
      if (!this.isResuming) this.change("live");
    });
    listen(socket, {
      welcome: ({ timestamp, lastEventId }) => {
        noteServerTime(timestamp);
        if (this.isResuming) this.change("recovering");
        this.lastEventId ??= lastEventId;
      },
      recovered: ({ complete, lastEventId }) => {
        this.lastEventId = lastEventId;
        this.change(complete ? "recovered" : "stale");
        if (complete) this.settling = setTimeout(() => this.change("live"), RECOVERED_MS);
      },
    });
    socket.on("disconnect", (reason) => {
      if (this.socket !== socket) return;
      this.change("recovering");
      // After a disconnection that the server wanted, the library does not try again by itself.
      if (reason === "io server disconnect") void this.retry(socket);
    });
    socket.on("connect_error", (error) => {
      if (this.socket !== socket) return;
      this.attempts += 1;
      this.change(this.attempts < ATTEMPTS_UNTIL_STALE ? this.waiting() : "stale");
      // Nor does it after a refusal, which mostly means that the token has run out.
      if (!socket.active) void this.retry(socket, error.message === "Authentication failed");
    });
  }

  private async retry(socket: WireSocket, withNewToken = true): Promise<void> {
    if (withNewToken) await refreshSession().catch(() => false);
    setTimeout(() => {
      if (this.socket === socket && !socket.connected) socket.connect();
    }, RETRY_MS);
  }

  private waiting(): ConnectionState {
    return this.lastEventId === undefined ? "connecting" : "recovering";
  }

  private change(state: ConnectionState): void {
    clearTimeout(this.settling);
    if (state === this.state) return;
    this.state = state;
    this.notify();
  }
}

export const connection = new Connection((auth) =>
  io(SERVER_URL || window.location.origin, {
    auth,
    transports: ["websocket", "polling"],
    // By this name a proxy sends all requests of this connection to the same server.
    query: { client: randomId() },
    // Where a proxy lets no WebSocket through, the next attempt polls.
    tryAllTransports: true,
    reconnectionDelay: 300,
    reconnectionDelayMax: 5000,
  }),
);
