import type { LoginResponse, User } from "./api-types";
import { Subscribable } from "./subscribable";

const STORAGE_KEY = "batchwire.session";

export interface SessionState {
  user: User;
  token: string;
  refreshToken: string;
}

/** Who is logged in; kept in the browser so that a reload changes nothing, and shared by all tabs. */
export class Session extends Subscribable {
  private state: SessionState | null;

  constructor(private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">) {
    super();
    this.state = this.read();
  }

  readonly current = (): SessionState | null => this.state;

  start(answer: LoginResponse): void {
    this.state = { user: answer.user, token: answer.token, refreshToken: answer.refreshToken };
    this.storage.setItem(STORAGE_KEY, JSON.stringify(this.state));
    this.notify();
  }

  end(): void {
    this.state = null;
    this.storage.removeItem(STORAGE_KEY);
    this.notify();
  }

  /** Takes over what another tab has stored, such as a newer token. */
  reload(): void {
    this.state = this.read();
    this.notify();
  }

  private read(): SessionState | null {
    try {
      const stored = JSON.parse(this.storage.getItem(STORAGE_KEY) ?? "null") as SessionState | null;
      return stored?.token && stored.user ? stored : null;
    } catch {
      return null;
    }
  }
}

export const session = new Session(
  typeof localStorage === "undefined"
    ? { getItem: () => null, setItem: () => {}, removeItem: () => {} }
    : localStorage,
);

if (typeof window !== "undefined") {
  window.addEventListener("storage", (event) => {
    if (event.key === STORAGE_KEY) session.reload();
  });
}
