import { describe, expect, it, vi } from "vitest";
import { anEnd, aTick } from "../testing/batches";
import { FakeSocket } from "../testing/socket";
import { listen } from "./listen";

describe("listen", () => {
  it("gives each handler its own events, until it is stopped", () => {
    const socket = new FakeSocket();
    const [progress, complete] = [vi.fn(), vi.fn()];
    const stop = listen(socket.asSocket(), {
      "batch:progress": progress,
      "batch:complete": complete,
    });
    socket.receive("batch:progress", aTick());
    stop();
    socket.receive("batch:progress", aTick());
    socket.receive("batch:complete", anEnd());
    expect(progress).toHaveBeenCalledExactlyOnceWith(aTick());
    expect(complete).not.toHaveBeenCalled();
  });
});
