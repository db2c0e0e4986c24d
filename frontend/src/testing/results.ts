import type { Batch, FailureGroup, ItemResult, ResultsResponse } from "../core/wire";
import { aBatch } from "./batches";

/** What became of one item, with whatever a test wants otherwise. */
export const anItem = (position: number, changes: Partial<ItemResult> = {}): ItemResult => ({
  position,
  key: `item-${position}`,
  outcome: "successful",
  result: { summary: `Result of ${position}` },
  error: null,
  durationMs: 12,
  ...changes,
});

/** Failures of one kind. */
export const aFailureGroup = (changes: Partial<FailureGroup> = {}): FailureGroup => ({
  fingerprint: "f1",
  type: "ItemError",
  message: "is no number",
  count: 2,
  examples: [{ position: 3, key: "row-4", message: "“x” is no number" }],
  ...changes,
});

/** The summary of a batch and its failures. */
export function someResults(
  batch: Batch = aBatch(),
  failures = [aFailureGroup()],
): ResultsResponse {
  const { total, processed, successful, failed, skipped, rate, durationMs } = batch;
  return {
    batch,
    failures,
    summary: { total, processed, successful, failed, skipped, rate, durationMs },
  };
}
