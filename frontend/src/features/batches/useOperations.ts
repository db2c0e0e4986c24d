import { useQuery } from "@tanstack/react-query";
import type { OperationInfo } from "../../core/wire";
import { queries } from "../../queries";

/** All operations. */
export function useOperations() {
  return useQuery({
    ...queries.operations(),
    select: (answer) => answer.operations,
  });
}

/** One operation, or undefined while it is loading, or where there is none of that name any more. */
export function useOperation(name: string): OperationInfo | undefined {
  return useOperations().data?.find((one) => one.name === name);
}
