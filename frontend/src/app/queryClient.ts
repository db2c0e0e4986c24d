import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "../core/api";

const MAX_RETRIES = 2;
const STALE_AFTER_MS = 2000;

/** What keeps the answers of the server; what may pass by itself is tried again a few times. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_AFTER_MS,
        retry: (count, error) =>
          count < MAX_RETRIES && !(error instanceof ApiError && error.isFinal),
      },
    },
  });
}
