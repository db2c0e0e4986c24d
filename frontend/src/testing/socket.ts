import type { WireSocket } from "../core/listen";
import type { ServerEvents } from "../core/wire";

/** What the server sends, and what the library tells of the connection. */
type EventName = keyof ServerEvents | "connect" | "connect_error" | "disconnect";
type Handler = (...values: unknown[]) => void;
type SendAuth = (send: (data: object) => void) => void;

const RESERVED = new Set<EventName>(["connect", "connect_error", "disconnect"]);

/** Stands in for the network: what is emitted is kept, and what the server would send is sent by hand. */
export class FakeSocket {
  connected = false;
  active = true;
  readonly sent: unknown[][] = [];
  /** What the client said of itself each time that it connected. */
  readonly handshakes: object[] = [];
  private readonly handlers = new Map<string, Set<Handler>>();
  private readonly anyHandlers: Handler[] = [];

  constructor(private readonly auth?: SendAuth) {}

  on(event: string, handler: Handler): this {
    const known = this.handlers.get(event) ?? new Set();
    this.handlers.set(event, known.add(handler));
    return this;
  }

  onAny(handler: Handler): this {
    this.anyHandlers.push(handler);
    return this;
  }

  off(event: string, handler: Handler): this {
    this.handlers.get(event)?.delete(handler);
    return this;
  }

  emit(...message: unknown[]): this {
    this.sent.push(message);
    return this;
  }

  timeout(_milliseconds: number): this {
    return this;
  }

  connect(): this {
    this.auth?.((data) => this.handshakes.push(data));
    this.connected = true;
    this.receive("connect");
    return this;
  }

  disconnect(): this {
    this.drop("io client disconnect");
    return this;
  }

  drop(reason: string): void {
    if (!this.connected) return;
    this.connected = false;
    this.receive("disconnect", reason);
  }

  receive(event: EventName, ...values: unknown[]): void {
    if (!RESERVED.has(event)) for (const handler of this.anyHandlers) handler(event, ...values);
    for (const handler of [...(this.handlers.get(event) ?? [])]) handler(...values);
  }

  listenerCount(event: EventName): number {
    return this.handlers.get(event)?.size ?? 0;
  }

  asSocket(): WireSocket {
    return this as unknown as WireSocket;
  }
}

let opened: FakeSocket | null = null;

/** In place of the one of socket.io-client, for all tests (setup.ts): nothing is opened over the network. */
export function io(): FakeSocket {
  opened = new FakeSocket();
  return opened;
}

/** The socket that was opened last. */
export function theSocket(): FakeSocket {
  if (!opened) throw new Error("Nothing has opened a socket");
  return opened;
}
