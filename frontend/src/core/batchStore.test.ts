import { describe, expect, it, vi } from "vitest";
import { aBatch, anEnd, aTick } from "../testing/batches";
import { BatchStore } from "./batchStore";

describe("the batch store", () => {
  it("takes a newer tick and keeps what the tick does not carry", () => {
    const store = new BatchStore();
    store.put(aBatch({ name: "Mine" }));
    expect(store.tick(aTick({ version: 6, processed: 50 }))).toBe(true);
    expect(store.get("b1")).toMatchObject({ version: 6, processed: 50, name: "Mine" });
  });

  it("drops a tick with an older version, and tells nobody", () => {
    const store = new BatchStore();
    store.put(aBatch({ version: 8, processed: 80 }));
    const listener = vi.fn();
    store.subscribe(listener);
    expect(store.tick(aTick({ version: 7, processed: 70 }))).toBe(false);
    expect(store.get("b1")?.processed).toBe(80);
    expect(listener).not.toHaveBeenCalled();
  });

  it("never takes items back within one version", () => {
    const store = new BatchStore();
    store.put(aBatch({ version: 6, processed: 60 }));
    store.tick(aTick({ version: 6, processed: 55 }));
    expect(store.get("b1")?.processed).toBe(60);
  });

  it("lets the bar only grow, in whatever order ticks arrive", () => {
    const store = new BatchStore();
    store.put(aBatch({ version: 0, processed: 0, progress: 0 }));
    const shown: number[] = [];
    store.subscribe(() => shown.push(store.get("b1")?.progress ?? -1));
    for (const version of [3, 1, 2, 7, 5, 6, 9, 4, 8]) {
      store.tick(aTick({ version, processed: version * 10, progress: version * 10 }));
    }
    expect(shown).toEqual([30, 70, 90]);
  });

  it("does not undo the end by a tick that came late with the same version", () => {
    const store = new BatchStore();
    store.put(aBatch());
    store.complete(anEnd({ version: 9 }));
    store.tick(aTick({ version: 9, processed: 100, progress: 99.9 }));
    expect(store.get("b1")).toMatchObject({ status: "completed", progress: 100, processed: 100 });
  });

  it("keeps a state of its own when an older answer of HTTP comes in", () => {
    const store = new BatchStore();
    store.put(aBatch({ version: 5 }));
    store.tick(aTick({ version: 12, processed: 90 }));
    expect(store.put(aBatch({ version: 11, processed: 80 }))).toBe(false);
    expect(store.get("b1")?.processed).toBe(90);
  });

  it("ends a batch by a fatal error only", () => {
    const store = new BatchStore();
    store.put(aBatch());
    const error = {
      batchId: "b1",
      version: 7,
      code: "source",
      error: "The file is gone",
      count: 0,
      timestamp: "2026-11-24T10:00:06Z",
    };
    store.fail({ ...error, fatal: false });
    expect(store.get("b1")?.status).toBe("running");
    store.fail({ ...error, fatal: true });
    expect(store.get("b1")).toMatchObject({
      status: "failed",
      error: { code: "source", message: "The file is gone" },
    });
  });

  it("goes on after the end by a tick with a higher version, and by no other", () => {
    const store = new BatchStore();
    store.put(aBatch({ error: { code: "failure_limit", message: "2 items failed" } }));
    store.complete(anEnd({ version: 9 }));
    for (const version of [8, 9]) {
      expect(store.tick(aTick({ version, processed: 97, failed: 0 }))).toBe(false);
    }
    expect(store.get("b1")?.status).toBe("completed");
    expect(store.tick(aTick({ version: 10, progress: 98, processed: 98, failed: 0 }))).toBe(true);
    expect(store.get("b1")).toMatchObject({ status: "running", processed: 98, failed: 0 });
    expect(store.get("b1")).toMatchObject({ finishedAt: null, durationMs: null, error: null });
  });

  it("stands still while paused, and takes what was in hand when it was", () => {
    const store = new BatchStore();
    store.put(aBatch({ version: 7, status: "paused", processed: 50 }));
    store.tick(aTick({ version: 6, processed: 55 }));
    expect(store.get("b1")).toMatchObject({ status: "paused", processed: 50 });
    store.tick(aTick({ version: 8, status: "paused", processed: 51 }));
    expect(store.get("b1")).toMatchObject({ status: "paused", processed: 51 });
  });

  it("learns from the total of a tick that a batch was sealed", () => {
    const store = new BatchStore();
    store.put(aBatch({ sealed: false, total: null }));
    store.tick(aTick({ version: 6, total: null }));
    expect(store.get("b1")?.sealed).toBe(false);
    store.tick(aTick({ version: 7, total: 100 }));
    expect(store.get("b1")?.sealed).toBe(true);
  });

  it("does not take a batch for started because it is told to wait", () => {
    const store = new BatchStore();
    store.put(aBatch({ status: "pending", startedAt: null, processed: 0 }));
    store.tick(aTick({ version: 6, status: "pending", phase: "queued", processed: 0 }));
    expect(store.get("b1")?.startedAt).toBeNull();
    store.tick(aTick({ version: 7 }));
    expect(store.get("b1")?.startedAt).toBe(aTick().timestamp);
  });

  it("says that it does not know the batch of a tick", () => {
    const store = new BatchStore();
    expect(store.tick(aTick({ batchId: "other" }))).toBe(false);
    expect(store.get("other")).toBeUndefined();
  });

  it("forgets everything when it is cleared", () => {
    const store = new BatchStore();
    store.put(aBatch());
    store.clear();
    expect(store.get("b1")).toBeUndefined();
  });
});
