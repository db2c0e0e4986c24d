import { describe, expect, it } from "vitest";
import type { Batch } from "../../core/wire";
import { aBatch } from "../../testing/batches";
import {
  describeAbsorbed,
  describePhase,
  describeProblem,
  describeRetries,
  describeState,
} from "./describe";

describe("a batch in words", () => {
  it.each<[string, Partial<Batch>]>([
    ["Waiting for your other batches to finish", { status: "pending", phase: "waiting" }],
    ["Waiting for a worker", { status: "pending", phase: "queued" }],
    ["Reading the input", { phase: "planning", total: null, processed: 0 }],
    ["Reading the input: 7 rows so far", { message: "Reading the input: 7 rows so far" }],
    ["40 of 100 rows", {}],
    ["Paused at 43%", { status: "paused", progress: 43.9 }],
    ["Paused before the first item", { status: "paused", processed: 0 }],
    ["Paused after 40 rows", { status: "paused", total: null, sealed: false }],
    ["More items may be added", { total: null, sealed: false }],
    ["100 rows", { status: "completed", processed: 100 }],
    ["", { status: "cancelled", total: null, sealed: false }],
  ])("is %s", (words, state) => {
    expect(describePhase(aBatch(state), "rows")).toBe(words);
  });

  it("has a short form for titles", () => {
    const states: Partial<Batch>[] = [
      { status: "pending" },
      { status: "paused", progress: 43 },
      { status: "failed" },
      { total: null, sealed: false },
      {},
    ];
    expect(states.map((state) => describeState(aBatch(state)))).toEqual([
      "Waiting",
      "Paused at 43%",
      "Failed",
      "40 done",
      "40.0%",
    ]);
  });

  it("says why it could not go on, and what was left undone", () => {
    const problem = (code: string, message: string) =>
      describeProblem(aBatch({ status: "failed", error: { code, message } }));
    expect(problem("failure_limit", "6 items failed, at most 5 may")).toEqual({
      title: "Stopped at the failure limit.",
      reason: "6 items failed, at most 5 may. The other 60 were not done.",
    });
    expect(problem("dependency_failed", "'A' failed.")?.title).toBe("Not started.");
    expect(problem("source_failed", "No such file")?.reason).toBe("No such file.");
    expect(describeProblem(aBatch())).toBeNull();
  });

  it("tells what was tried again and what was absorbed, and nothing where all went well", () => {
    expect(describeRetries(aBatch({ retries: 3 }))).toMatch(/^Items were tried again 3 times/);
    expect(describeRetries(aBatch({ retries: 1 }))).toMatch(/^One item was tried again/);
    expect(describeAbsorbed(aBatch({ recoveries: 1, redeliveries: 3 }))).toBe(
      "1 part taken over from a lost worker · 3 redeliveries absorbed. No item was counted twice.",
    );
    expect([describeRetries(aBatch()), describeAbsorbed(aBatch())]).toEqual([null, null]);
  });
});
