import { randomId } from "./randomId";

export const KEY_HEADER = "Idempotency-Key";

/**
 * A key that stays the same until what it stands for has changed or was done.
 *
 * A request that is sent again with the same key, by a double click or after an answer was lost, is
 * recognised by the server: nothing is done twice.
 */
export class RequestKey {
  private key: string | null = null;

  get current(): string {
    this.key ??= randomId();
    return this.key;
  }

  renew(): void {
    this.key = null;
  }
}

/** The request with a key that makes it safe to be sent again. */
export function withKey(key: string, init: RequestInit): RequestInit {
  const headers = new Headers(init.headers);
  headers.set(KEY_HEADER, key);
  return { ...init, headers };
}
