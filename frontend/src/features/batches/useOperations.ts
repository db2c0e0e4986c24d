import { useQuery } from "@tanstack/react-query";
import { api } from "../../core/api";
import type { OperationInfo } from "../../core/api-types";

const FIVE_MINUTES_MS = 300_000;

/** All operations; they change only with a new release of the server. */
export function useOperations() {
  return useQuery({
    queryKey: ["operations"],
    queryFn: api.operations,
    staleTime: FIVE_MINUTES_MS,
    select: (answer) => answer.operations,
  });
}

/** One operation, or undefined while it is loading, or where there is none of that name any more. */
export function useOperation(name: string): OperationInfo | undefined {
  return useOperations().data?.find((one) => one.name === name);
}
