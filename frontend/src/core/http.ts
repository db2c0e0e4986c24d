import { SERVER_URL } from "./server";
import { session } from "./session";
import type { BrokenRule, LoginResponse } from "./wire";

/** A request that did not go well. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    message: string,
    /** The HTTP status, or 0 where no answer came. */
    readonly status: number,
    readonly fields: BrokenRule[] = [],
  ) {
    super(message);
  }

  /** The message for one field, or for something inside it such as one entry of its list. */
  fieldMessage(field: string): string | undefined {
    return this.fields.find((one) => one.field === field || one.field.startsWith(`${field}.`))
      ?.message;
  }

  /** True where asking again cannot help. */
  get isFinal(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 429;
  }
}

export type Query = Record<string, string | number | null | undefined>;

/** The path with those parameters that have a value. */
export function withQuery(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

/** A request with a JSON body. */
export function jsonBody(body: unknown): RequestInit {
  return {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" },
  };
}

/** Sends one request with the token of whoever is logged in. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const token = session.current()?.token;
  if (token) headers.set("Authorization", `Bearer ${token}`);
  try {
    return await fetch(SERVER_URL + path, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError("The server cannot be reached", 0);
  }
}

/** The body of an answer; an `ApiError` where it tells of a failure. */
export async function readAnswer<T>(response: Response): Promise<T> {
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body as T;
  const message = body?.error ?? `The server answered with status ${response.status}`;
  throw new ApiError(message, response.status, body?.details?.fields ?? []);
}

/** Sends a request; a token that has run out is renewed once, and the request sent again. */
export async function request<T>(path: string, init: RequestInit = {}): Promise<T> {
  // Just after a logout, parts of the page may still ask for what they show.
  if (!session.current()) throw new ApiError("You are not logged in", 401);
  return readAnswer<T>(await withFreshToken(() => send(path, init)));
}

/** Does `attempt`, and once more with a new token where the answer is 401. */
export async function withFreshToken(attempt: () => Promise<Response>): Promise<Response> {
  const used = session.current()?.token;
  const response = await attempt();
  if (response.status !== 401 || !used) return response;
  // Somebody else may have renewed it while this request was under way.
  const renewed = session.current()?.token !== used || (await refreshSession());
  return renewed && session.current() ? attempt() : response;
}

let refreshing: Promise<boolean> | null = null;

/**
 * Exchanges the refresh token for new tokens; several callers share one exchange.
 *
 * @returns Whether there is a usable token now. A refresh token that the server rejects ends the session.
 */
export function refreshSession(): Promise<boolean> {
  refreshing ??= oneTabAtATime(exchange).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function exchange(before: string): Promise<boolean> {
  // A refresh token works once: another tab may have used ours while this one waited.
  session.reload();
  const now = session.current();
  if (!now) return false;
  if (now.refreshToken !== before) return true;
  const response = await send("/api/auth/refresh", jsonBody({ refreshToken: now.refreshToken }));
  if (response.ok) {
    session.start((await response.json()) as LoginResponse);
    return true;
  }
  if (response.status === 401 || response.status === 422) session.expire();
  return false;
}

function oneTabAtATime(run: (before: string) => Promise<boolean>): Promise<boolean> {
  const before = session.current()?.refreshToken;
  if (!before) return Promise.resolve(false);
  // Locks exist only on secure origins; elsewhere two tabs may race, and one logs in again.
  const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
  return locks
    ? Promise.resolve(locks.request("batchwire.refresh", () => run(before)))
    : run(before);
}
