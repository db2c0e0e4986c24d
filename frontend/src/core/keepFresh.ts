import { refreshSession } from "./http";
import { session } from "./session";
import type { Connection } from "./socket";

const BEFORE_EXPIRY_MS = 90_000;
const AT_LEAST_MS = 5_000;
// setTimeout cannot wait longer than this.
const AT_MOST_MS = 2 ** 31 - 1;

/**
 * Renews the token before it runs out, and tells the open connection of the new one.
 *
 * @returns A function that stops it.
 */
export function keepFresh(connection: Connection): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let token = session.current()?.token;

  const plan = () => {
    clearTimeout(timer);
    const expiresAt = Date.parse(session.current()?.expiresAt ?? "");
    if (Number.isNaN(expiresAt)) return;
    const left = expiresAt - Date.now();
    const wait = Math.max(AT_LEAST_MS, left - Math.min(BEFORE_EXPIRY_MS, left / 3));
    timer = setTimeout(renew, Math.min(wait, AT_MOST_MS));
  };
  const renew = () => {
    // While the server is away this fails; the next answer 401, or the next timer, tries again.
    refreshSession()
      .then((renewed) => {
        if (!renewed && session.current()) timer = setTimeout(renew, AT_LEAST_MS);
      })
      .catch(() => {
        timer = setTimeout(renew, AT_LEAST_MS);
      });
  };

  const stopListening = session.subscribe(() => {
    const now = session.current()?.token;
    if (now && token && now !== token) connection.renewToken();
    token = now;
    plan();
  });
  plan();
  return () => {
    stopListening();
    clearTimeout(timer);
  };
}
