import { describe, expect, it } from "vitest";
import {
  formatAgo,
  formatBytes,
  formatCount,
  formatDuration,
  formatElapsed,
  formatPercent,
  formatRate,
  formatTimeLeft,
} from "./format";

describe("formats", () => {
  it("never rounds a percentage up to the end", () => {
    expect(formatPercent(99.99)).toBe("99.9%");
    expect(formatPercent(100)).toBe("100%");
    expect(formatPercent(0)).toBe("0.0%");
  });

  it.each([
    [0.0004, "0 ms"],
    [0.491, "491 ms"],
    [9.97, "9.9 s"],
    [59.9, "59 s"],
    [60, "1 min 0 s"],
    [3599.9, "59 min 59 s"],
    [3600, "1 h 0 min"],
    [90_061, "1 d 1 h"],
  ])("writes a duration of %d s as %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it("counts elapsed time in whole seconds, and never below none", () => {
    expect(formatElapsed(3.7)).toBe("3 s");
    expect(formatElapsed(-2)).toBe("0 s");
  });

  it.each([
    [null, "–"],
    [0.5, "a moment"],
    [42.4, "about 42 s"],
    [150, "about 3 min"],
    [5400, "about 1.5 h"],
  ])("writes %s s left as %s", (seconds, text) => {
    expect(formatTimeLeft(seconds)).toBe(text);
  });

  it("chooses the unit of a rate so that the number can be read", () => {
    expect([0, 0.005, 0.5, 12.34, 1284.4].map(formatRate)).toEqual([
      "–",
      "18.0/h",
      "30.0/min",
      "12.3/s",
      "1,284/s",
    ]);
    expect(formatRate(Number.NaN)).toBe("–");
  });

  it("tells how long ago it was", () => {
    const now = Date.parse("2026-11-24T12:00:00Z");
    expect(formatAgo("2026-11-24T11:59:57Z", now)).toBe("just now");
    expect(formatAgo("2026-11-24T11:59:20Z", now)).toBe("40 s ago");
    expect(formatAgo("2026-11-24T11:15:00Z", now)).toBe("45 min ago");
    expect(formatAgo("2025-01-02T11:15:00Z", now)).toMatch(/^Jan 2, 2025, /);
  });

  it("writes sizes and counts", () => {
    expect([12, 2048, 209_715_200].map(formatBytes)).toEqual(["12 B", "2.0 KiB", "200 MiB"]);
    expect(formatCount(1, "redeliveries")).toBe("1 redelivery");
    expect(formatCount(1, "batches")).toBe("1 batch");
    expect(formatCount(3376, "rows")).toBe("3,376 rows");
  });
});
