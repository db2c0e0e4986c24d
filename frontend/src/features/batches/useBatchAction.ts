import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Action, api } from "../../core/api";
import { batchStore } from "../../core/batchStore";
import { refreshBatch, refreshLists } from "../../queries";

/**
 * Does something to a batch as a whole, one thing at a time.
 *
 * @param onRefused Told what could not be done, and why.
 */
export function useBatchAction(
  batchId: string,
  onRefused: (action: Action, reason: string) => void,
): {
  act: (action: Action, onSettled?: () => void) => void;
  /** What is being done, or null. */
  pending: Action | null;
} {
  const client = useQueryClient();
  const { mutate, isPending, variables } = useMutation({
    mutationFn: (action: Action) => api.act(batchId, action),
    onSuccess: ({ batch }) => batchStore.put(batch),
    onError: (error, action) => onRefused(action, error.message),
    // Also after a refusal, since the page then shows a state that is none any more.
    onSettled: () => {
      refreshBatch(client, batchId);
      refreshLists(client);
    },
  });
  return {
    act: (action, onSettled) => {
      if (!isPending) mutate(action, { onSettled });
    },
    pending: isPending ? variables : null,
  };
}
