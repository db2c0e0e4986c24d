import { useSyncExternalStore } from "react";
import { type SessionState, session } from "../core/session";

/** Who is logged in, or null. */
export function useSession(): SessionState | null {
  return useSyncExternalStore(session.subscribe, session.current);
}
