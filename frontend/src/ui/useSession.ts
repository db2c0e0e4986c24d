import { useSyncExternalStore } from "react";
import { type SessionState, session } from "../core/session";

/** Who is logged in, or null. */
export function useSession(): SessionState | null {
  return useSyncExternalStore(session.subscribe, session.current);
}

/** Whether nobody is logged in because the last session ended by itself. */
export function useHasExpired(): boolean {
  return useSyncExternalStore(session.subscribe, session.hasExpired);
}

/** Whether an admin is logged in. What is hidden from others is refused by the server as well. */
export function useIsAdmin(): boolean {
  return useSession()?.user.roles.includes("admin") ?? false;
}
