import { describe, expect, it } from "vitest";
import { aBatch } from "../../testing/batches";
import { type Advanced, initialAdvanced, summarise, toRequest, validateAdvanced } from "./advanced";

const usual = initialAdvanced(undefined);
const problemsOf = (change: Partial<Advanced>) => validateAdvanced({ ...usual, ...change });

describe("the advanced settings", () => {
  it("send nothing that is as usual", () => {
    expect(validateAdvanced(usual)).toEqual({});
    expect(toRequest(usual)).toEqual({});
    expect(summarise(usual)).toEqual([]);
  });

  it("send a count as a number, a share as text, and seconds as milliseconds", () => {
    const advanced: Advanced = {
      priority: "high",
      maxFailures: " 20 ",
      retryAttempts: 0,
      timeoutSeconds: 2.5,
      dependsOn: ["b1"],
    };
    expect(toRequest(advanced)).toEqual({
      priority: "high",
      maxFailures: 20,
      retryAttempts: 0,
      timeoutMs: 2500,
      dependsOn: ["b1"],
    });
    expect(toRequest({ ...usual, maxFailures: "2.5 %" })).toEqual({ maxFailures: "2.5 %" });
    expect(summarise(advanced)).toEqual([
      "high priority",
      "at most 20 may fail",
      "0 retries per item",
      "2.5 s per item",
      "waits for 1 batch",
    ]);
  });

  it.each(["", "0", "20", "5%", "0.5 %", "100%"])("take %j for a failure limit", (maxFailures) => {
    expect(problemsOf({ maxFailures })).toEqual({});
  });

  it.each(["-1", "1.5", "five", "%", "101%", "5%%", "1e3"])("refuse %j", (maxFailures) => {
    expect(problemsOf({ maxFailures })).toHaveProperty("maxFailures");
  });

  it("name what is out of range as the server names it", () => {
    const outOfRange = { retryAttempts: 11, timeoutSeconds: 86_401 };
    expect(Object.keys(problemsOf(outOfRange))).toEqual(["retryAttempts", "timeoutMs"]);
    expect(Object.keys(problemsOf({ retryAttempts: 1.5, timeoutSeconds: 0 }))).toEqual([
      "retryAttempts",
      "timeoutMs",
    ]);
    expect(summarise({ ...usual, ...outOfRange })).toEqual(["needs a correction"]);
  });

  it("begin with those of the batch that is run again", () => {
    const template = aBatch({ priority: "low", maxFailures: "5%", timeoutMs: 1500 });
    expect(initialAdvanced(template)).toMatchObject({
      priority: "low",
      maxFailures: "5%",
      timeoutSeconds: 1.5,
    });
  });
});
