import { Subscribable } from "./subscribable";
import type { LoginResponse, User } from "./wire";

const STORAGE_KEY = "batchwire.session";

export interface SessionState {
  user: User;
  token: string;
  refreshToken: string;
  /** When the token runs out, as an ISO date. */
  expiresAt: string;
}

type TokenStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Who is logged in; kept in the browser so that a reload changes nothing, and shared by all tabs. */
export class Session extends Subscribable {
  private state: SessionState | null;
  private isExpired = false;

  constructor(private readonly storage: TokenStorage) {
    super();
    this.state = this.read();
  }

  readonly current = (): SessionState | null => this.state;

  /** Whether the last session ended by itself, which has to be explained to whoever worked in it. */
  readonly hasExpired = (): boolean => this.isExpired;

  start(answer: LoginResponse): void {
    const { user, token, refreshToken, expiresAt } = answer;
    this.state = { user, token, refreshToken, expiresAt };
    this.isExpired = false;
    this.storage.setItem(STORAGE_KEY, JSON.stringify(this.state));
    this.notify();
  }

  /** Ends the session because whoever is logged in wants it. */
  end(): void {
    this.close(false);
  }

  /** Ends the session because the server does not know it any more. */
  expire(): void {
    this.close(true);
  }

  /** Takes over what another tab has stored, such as a newer token. */
  reload(): void {
    this.state = this.read();
    this.notify();
  }

  private close(isExpired: boolean): void {
    this.state = null;
    this.isExpired = isExpired;
    this.storage.removeItem(STORAGE_KEY);
    this.notify();
  }

  private read(): SessionState | null {
    try {
      const stored = JSON.parse(this.storage.getItem(STORAGE_KEY) ?? "null") as SessionState | null;
      return stored?.token && stored.refreshToken && stored.user ? stored : null;
    } catch {
      return null;
    }
  }
}

/** Stands in where a browser forbids localStorage: the login then lasts as long as the page. */
function memoryStorage(): TokenStorage {
  const values = new Map<string, string>();
  return {
    getItem: (name) => values.get(name) ?? null,
    setItem: (name, value) => void values.set(name, value),
    removeItem: (name) => void values.delete(name),
  };
}

function browserStorage(): TokenStorage {
  try {
    return window.localStorage;
  } catch {
    return memoryStorage();
  }
}

export const session = new Session(
  typeof window === "undefined" ? memoryStorage() : browserStorage(),
);

if (typeof window !== "undefined") {
  window.addEventListener("storage", (event) => {
    // A null key means that everything was cleared.
    if (event.key === STORAGE_KEY || event.key === null) session.reload();
  });
}
