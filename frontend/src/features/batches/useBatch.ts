import { useCallback, useSyncExternalStore } from "react";
import { batchStore } from "../../core/batchStore";
import type { Batch } from "../../core/wire";

/** The newest state of a batch, or undefined while it is not known. */
export function useBatch(id: string): Batch | undefined {
  const subscribe = useCallback(
    (changed: () => void) =>
      batchStore.subscribe((changedId) => {
        if (changedId === id) changed();
      }),
    [id],
  );
  return useSyncExternalStore(subscribe, () => batchStore.get(id));
}
