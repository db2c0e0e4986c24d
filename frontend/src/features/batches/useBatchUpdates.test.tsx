import { act, renderHook } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { batchStore } from "../../core/batchStore";
import { aBatch, anEnd, aTick } from "../../testing/batches";
import { connect } from "../../testing/connection";
import type { FakeSocket } from "../../testing/socket";
import { useWebSocket } from "../../ui/useWebSocket";
import { useBatchUpdates } from "./useBatchUpdates";

let socket: FakeSocket;

beforeEach(() => {
  socket = connect();
});

describe("useBatchUpdates", () => {
  it("calls the newest inline handler without subscribing anew", () => {
    const { rerender } = renderHook(
      ({ log }) => useBatchUpdates("b1", (tick) => log.push(tick.version)),
      { initialProps: { log: [] as number[] } },
    );
    const listeners = socket.listenerCount("batch:progress");
    const second: number[] = [];
    rerender({ log: second });
    socket.receive("batch:progress", aTick({ version: 6 }));
    expect(second).toEqual([6]);
    expect(socket.listenerCount("batch:progress")).toBe(listeners);
    expect(socket.sent).toEqual([["join-room", { room: "batch:b1" }]]);
  });

  it("drops ticks that go backwards and those of other batches", () => {
    const versions: number[] = [];
    renderHook(() => useBatchUpdates("b1", (tick) => versions.push(tick.version)));
    for (const version of [6, 5, 8, 7]) socket.receive("batch:progress", aTick({ version }));
    socket.receive("batch:progress", aTick({ batchId: "b2", version: 99 }));
    expect(versions).toEqual([6, 8]);
  });

  it("drops ticks that are older than what the page shows", () => {
    batchStore.put(aBatch({ version: 20 }));
    const onProgress = vi.fn();
    renderHook(() => useBatchUpdates("b1", onProgress));
    socket.receive("batch:progress", aTick({ version: 19 }));
    expect(onProgress).not.toHaveBeenCalled();
  });

  it("tells the end, and leaves the room with the component", () => {
    const onComplete = vi.fn();
    const { unmount } = renderHook(() => useBatchUpdates("b1", undefined, onComplete));
    socket.receive("batch:complete", anEnd());
    expect(onComplete).toHaveBeenCalledOnce();
    unmount();
    expect(socket.sent.at(-1)).toEqual(["leave-room", { room: "batch:b1" }]);
  });

  it("drops a tick that comes after the end, unless a retry has opened the batch again", () => {
    const told: string[] = [];
    renderHook(() =>
      useBatchUpdates(
        "b1",
        ({ version }) => told.push(`tick ${version}`),
        ({ version }) => told.push(`end ${version}`),
        undefined,
        ({ version, status }) => told.push(`${status} ${version}`),
      ),
    );
    socket.receive("batch:complete", anEnd({ version: 9 }));
    socket.receive("batch:progress", aTick({ version: 9 }));
    socket.receive("batch:progress", aTick({ version: 8 }));
    socket.receive("batch:resumed", aBatch({ version: 10, status: "pending" }));
    socket.receive("batch:complete", anEnd({ version: 9 }));
    socket.receive("batch:progress", aTick({ version: 11 }));
    socket.receive("batch:complete", anEnd({ version: 12 }));
    expect(told).toEqual(["end 9", "pending 10", "tick 11", "end 12"]);
  });

  it("tells pauses and cancellations, also when a tick with what was in hand was faster", () => {
    const onChange = vi.fn();
    renderHook(() => useBatchUpdates("b1", undefined, undefined, undefined, onChange));
    socket.receive("batch:paused", aBatch({ version: 6, status: "paused" }));
    socket.receive("batch:progress", aTick({ version: 8, status: "cancelled" }));
    socket.receive("batch:cancelled", aBatch({ version: 7, status: "cancelled" }));
    socket.receive("batch:cancelled", aBatch({ id: "b2", batchId: "b2", status: "cancelled" }));
    expect(onChange.mock.calls.map(([batch]) => batch.status)).toEqual(["paused", "cancelled"]);
  });

  it("tells failures at any time, and a fatal one though a tick was faster", () => {
    const onError = vi.fn();
    renderHook(() => useBatchUpdates("b1", undefined, undefined, onError));
    const error = {
      batchId: "b1",
      version: 7,
      code: "failure_limit",
      error: "Too many",
      count: 3,
      timestamp: "2026-11-24T10:00:06Z",
    };
    socket.receive("batch:progress", aTick({ version: 8, status: "failed" }));
    socket.receive("batch:error", { ...error, fatal: false });
    socket.receive("batch:error", { ...error, fatal: true });
    expect(onError).toHaveBeenCalledTimes(2);
  });

  it("knows whether it is connected", () => {
    const { result } = renderHook(() => useBatchUpdates("b1"));
    expect(result.current.isConnected).toBe(true);
    act(() => socket.drop("transport close"));
    expect(result.current.isConnected).toBe(false);
  });
});

describe("useWebSocket", () => {
  it("is in a room once, though an effect asks again after each reconnection", () => {
    const { result, unmount } = renderHook(() => useWebSocket());
    result.current.joinRoom("my-room");
    result.current.joinRoom("my-room");
    expect(socket.sent).toEqual([["join-room", { room: "my-room" }]]);
    unmount();
    expect(socket.sent.at(-1)).toEqual(["leave-room", { room: "my-room" }]);
  });
});
