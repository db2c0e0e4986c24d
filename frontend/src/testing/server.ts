import { vi } from "vitest";
import type { Failure, FailureDetails } from "../core/wire";
import { type Route, type Routes, usualAnswers } from "./answers";

/** A request as the server sees it. */
export interface Asked {
  path: string;
  query: Record<string, string>;
  headers: Headers;
  /** What was sent: JSON, or the entries of a form. */
  body: unknown;
}

type Answer<Name extends Route> = Routes[Name] | ((asked: Asked) => Routes[Name]);

/**
 * The server, as far as the page can tell: it answers `fetch` and `XMLHttpRequest`, and nothing of the page's
 * own is replaced. What a test does not name is answered as by a server on which nothing has happened yet.
 */
class FakeServer {
  private readonly answers = new Map<Route, (asked: Asked) => Response>();
  private readonly held = new Map<Route, Promise<void>>();
  /** How many tests there were before; a question of one of them is not answered any more. */
  private run = 0;
  private readonly log: { route: Route; asked: Asked }[] = [];
  /** What was asked for and is no path of the server. */
  readonly unknown: string[] = [];
  /** Says of the file that is being sent how much of it has been, from 0 to 1. */
  uploading: (share: number) => void = () => {};

  /** Takes the place of the network, with nothing asked for and nothing said. */
  start(): void {
    for (const kept of [this.answers, this.held]) kept.clear();
    for (const kept of [this.log, this.unknown]) kept.length = 0;
    vi.stubGlobal("fetch", (url: string, init: RequestInit = {}) => this.fetch(url, init));
    vi.stubGlobal("XMLHttpRequest", uploadsTo(this));
  }

  /** Answers nothing any more, so that nothing of one test reaches the next; what is on its way has arrived then. */
  async stop(): Promise<void> {
    this.run += 1;
    await nextTurn();
  }

  /** Answers with this body, or with what a function makes of the request. */
  answer<Name extends Route>(route: Name, body: Answer<Name>): void {
    this.answers.set(route, (asked) => json(typeof body === "function" ? body(asked) : body));
  }

  /** Answers with a failure, as the server words it. */
  fail(route: Route, status: number, error: string, details: Partial<FailureDetails> = {}): void {
    const body: Failure = { success: false, error, details: { fields: [], ...details } };
    this.answers.set(route, () => json(body, status));
  }

  /** No answer comes, as where the network is away. */
  cut(route: Route): void {
    this.answers.set(route, () => {
      throw new TypeError("Failed to fetch");
    });
  }

  /** Lets requests wait; they are answered as the route then says, once the function is called. */
  hold(route: Route): () => void {
    let release = () => {};
    this.held.set(
      route,
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    return () => {
      this.held.delete(route);
      release();
    };
  }

  /** What was asked of one route so far, the first request first. */
  asked(route: Route): Asked[] {
    return this.log.filter((one) => one.route === route).map(({ asked }) => asked);
  }

  async fetch(url: string, init: RequestInit): Promise<Response> {
    const { pathname, searchParams } = new URL(url, window.location.origin);
    const route = routeOf(`${init.method ?? "GET"} ${pathname}`);
    if (!route) {
      this.unknown.push(pathname);
      return json({ success: false, error: "There is nothing at this address" }, 404);
    }
    const asked: Asked = {
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: new Headers(init.headers),
      body: readBody(init.body),
    };
    this.log.push({ route, asked });
    const { run } = this;
    await nextTurn();
    await this.held.get(route);
    if (run !== this.run) return new Promise(() => {});
    return this.answers.get(route)?.(asked) ?? json(usualAnswers[route]);
  }
}

/** The server of the test that runs; setup.ts starts it. */
export const server = new FakeServer();

// The real one, also in tests that stop the clock.
const { setTimeout: inReality } = globalThis;

/** No network answers in the turn in which it was asked. */
const nextTurn = () => new Promise<void>((resolve) => inReality(resolve, 0));

const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status });

const PATTERNS = (Object.keys(usualAnswers) as Route[]).map((route) => ({
  route,
  pattern: new RegExp(`^${route.replace(/:\w+/g, "[^/]+")}$`),
}));

const routeOf = (request: string): Route | undefined =>
  PATTERNS.find(({ pattern }) => pattern.test(request))?.route;

function readBody(body: unknown): unknown {
  if (body instanceof FormData) return Object.fromEntries(body);
  return typeof body === "string" ? JSON.parse(body) : undefined;
}

/** The part of XMLHttpRequest by which the page sends files: it alone tells how far it is. */
function uploadsTo(fake: FakeServer) {
  return class {
    status = 0;
    responseText = "";
    onload = () => {};
    onerror = () => {};
    readonly upload = { onprogress: (_event: Partial<ProgressEvent>) => {} };
    private readonly headers = new Headers();
    private path = "";

    open(_method: string, path: string): void {
      this.path = path;
    }

    setRequestHeader(name: string, value: string): void {
      this.headers.set(name, value);
    }

    async send(body: FormData): Promise<void> {
      fake.uploading = (share) =>
        this.upload.onprogress({ lengthComputable: true, loaded: share, total: 1 });
      try {
        const init = { method: "POST", headers: this.headers, body };
        const answer = await fake.fetch(this.path, init);
        this.status = answer.status;
        this.responseText = await answer.text();
        this.onload();
      } catch {
        this.onerror();
      }
    }
  };
}
