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
    this.key ??= randomKey();
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

function randomKey(): string {
  // Browsers offer randomUUID to pages from HTTPS or localhost only.
  if ("randomUUID" in crypto) return crypto.randomUUID();
  const bytes = (crypto as Crypto).getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
