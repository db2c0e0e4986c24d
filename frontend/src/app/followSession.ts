import { notifications } from "@mantine/notifications";
import type { QueryClient } from "@tanstack/react-query";
import type { RegisteredRouter } from "@tanstack/react-router";
import { batchStore } from "../core/batchStore";
import { session } from "../core/session";
import { connection } from "../core/socket";

/**
 * Leaves nothing of one user for the next, and shows the login when nobody is logged in any more.
 *
 * @returns A function that stops it.
 */
export function followSession(client: QueryClient, router: RegisteredRouter): () => void {
  let userId = session.current()?.user.id;
  return session.subscribe(() => {
    const now = session.current()?.user.id;
    if (now === userId) return;
    userId = now;
    connection.disconnect();
    batchStore.clear();
    client.clear();
    notifications.clean();
    if (now) return;
    // Who did not want to leave is led back; who did leaves no address behind.
    const next = session.hasExpired() ? router.state.location.href : undefined;
    void router.navigate({ to: "/login", search: { next } });
  });
}
