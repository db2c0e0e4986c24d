import { act, renderHook } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { DashboardUpdate } from "../../core/wire";
import { connect } from "../../testing/connection";
import type { FakeSocket } from "../../testing/socket";
import { useDashboardUpdates } from "./useDashboardUpdates";
import { useDashboardWebSocket } from "./useDashboardWebSocket";

let socket: FakeSocket;

beforeEach(() => {
  socket = connect();
});

const update = (cpu: number) =>
  ({ metrics: { cpu, memory: 50 }, timestamp: `t${cpu}` }) as unknown as DashboardUpdate;

describe("useDashboardUpdates", () => {
  it("joins the room, calls the newest handlers, and leaves with the component", () => {
    const first = vi.fn();
    const second = vi.fn();
    const onWidget = vi.fn();
    const { rerender, unmount } = renderHook(({ on }) => useDashboardUpdates(on, onWidget), {
      initialProps: { on: first },
    });
    expect(socket.sent).toEqual([["join-room", { room: "dashboard" }]]);
    socket.receive("dashboard:update", update(1));
    rerender({ on: second });
    socket.receive("dashboard:update", update(2));
    socket.receive("dashboard:widget-update", { widgetId: "workers", data: { processes: 2 } });
    expect(first).toHaveBeenCalledExactlyOnceWith(update(1));
    expect(second).toHaveBeenCalledExactlyOnceWith(update(2));
    expect(onWidget).toHaveBeenCalledOnce();
    unmount();
    expect(socket.sent.at(-1)).toEqual(["leave-room", { room: "dashboard" }]);
    expect(socket.listenerCount("dashboard:update")).toBe(0);
  });
});

describe("useDashboardWebSocket", () => {
  it("keeps the newest updates and each widget's data until they are cleared", () => {
    const { result } = renderHook(() => useDashboardWebSocket());
    expect(result.current.lastUpdate).toBeNull();
    act(() => {
      for (let cpu = 0; cpu < 350; cpu += 1) socket.receive("dashboard:update", update(cpu));
      socket.receive("dashboard:widget-update", { widgetId: "a", data: { n: 1 } });
      socket.receive("dashboard:widget-update", { widgetId: "a", data: { n: 2 } });
    });
    expect(result.current.updates).toHaveLength(300);
    expect(result.current.lastUpdate).toEqual(update(349));
    expect(result.current.widgetUpdates).toEqual({ a: { n: 2 } });
    act(() => result.current.clearUpdates());
    expect(result.current.updates).toEqual([]);
    expect(result.current.widgetUpdates).toEqual({});
  });
});
