import { describe, expect, it } from "vitest";
import type { Batch } from "../../core/wire";
import { aBatch } from "../../testing/batches";
import { allows, mainAction } from "./actions";

const failedBy = (code: string, failed = 0): Partial<Batch> => ({
  status: "failed",
  failed,
  error: { code, message: "" },
});

describe("the actions on a batch", () => {
  it.each<[string | null, Partial<Batch>]>([
    ["pause", { status: "pending" }],
    ["pause", { status: "running" }],
    ["resume", { status: "paused" }],
    ["retry", { status: "completed", failed: 2 }],
    [null, { status: "completed", failed: 0 }],
    [null, { status: "cancelled", failed: 2 }],
    ["retry", failedBy("failure_limit", 6)],
    ["retry", failedBy("dependency_failed")],
    // What was not read to its end cannot be gone on with.
    [null, failedBy("source_failed")],
  ])("offer %s where the batch is %o", (action, state) => {
    expect(mainAction(aBatch(state))).toBe(action);
  });

  it("let one cancel what has not ended, and close what is open", () => {
    expect(allows(aBatch({ status: "paused" }), "cancel")).toBe(true);
    expect(allows(aBatch({ status: "completed" }), "cancel")).toBe(false);
    expect(allows(aBatch({ sealed: false }), "seal")).toBe(true);
    expect(allows(aBatch({ sealed: false, status: "cancelled" }), "seal")).toBe(false);
    expect(allows(aBatch(), "seal")).toBe(false);
  });
});
