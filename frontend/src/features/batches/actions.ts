import type { Action } from "../../core/api";
import { isOver } from "../../core/batchStore";
import type { Batch } from "../../core/wire";

/** Ends that leave work behind which `retry` takes up again, even where no item failed. */
const LEAVES_WORK = new Set([
  "failure_limit",
  "dependency_failed",
  "internal_error",
  "options_invalid",
]);

/** Whether the state of the batch allows the action; the server has the last word. */
export function allows(batch: Batch, action: Action): boolean {
  switch (action) {
    case "pause":
      return batch.status === "pending" || batch.status === "running";
    case "resume":
      return batch.status === "paused";
    case "retry":
      return canRetry(batch);
    case "cancel":
      return !isOver(batch);
    case "seal":
      return !batch.sealed && !isOver(batch);
  }
}

/** The action that lets a batch stand still or go on: there is one at a time, or none. */
export function mainAction(batch: Batch): "pause" | "resume" | "retry" | null {
  return (["pause", "resume", "retry"] as const).find((action) => allows(batch, action)) ?? null;
}

function canRetry(batch: Batch): boolean {
  if (batch.status === "completed") return batch.failed > 0;
  if (batch.status !== "failed") return false;
  return batch.failed > 0 || LEAVES_WORK.has(batch.error?.code ?? "");
}
