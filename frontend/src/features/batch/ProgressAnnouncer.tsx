import { isOver } from "../../core/batchStore";
import type { Batch } from "../../core/wire";
import { describeEnd, describePhase, isOpen } from "../batches/describe";

const STEP = 10;

/** Reads the progress out: each tenth and the end, since every tick would be noise. */
export function ProgressAnnouncer({ batch }: { batch: Batch }) {
  return (
    <p className="visually-hidden" aria-live="polite">
      {isOver(batch)
        ? `${batch.name}: ${batch.status}. ${describeEnd(batch)}`
        : `${batch.name}: ${describeState(batch)}`}
    </p>
  );
}

function describeState(batch: Batch): string {
  if (batch.status === "pending") return describePhase(batch, "items");
  if (isOpen(batch)) return batch.status;
  return `${batch.status}, ${Math.floor(batch.progress / STEP) * STEP} percent`;
}
