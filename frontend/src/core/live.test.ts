import { describe, expect, it } from "vitest";
import { aBatch, anEnd, aTick } from "../testing/batches";
import { FakeSocket } from "../testing/socket";
import { BatchStore } from "./batchStore";
import { feedStore } from "./live";

function setUp() {
  const socket = new FakeSocket();
  const store = new BatchStore();
  const told: string[] = [];
  const stop = feedStore(socket.asSocket(), store, ({ kind, batchId }) =>
    told.push(`${kind} ${batchId}`),
  );
  return { socket, store, told, stop };
}

describe("the feed of the store", () => {
  it("tells the beginning and the end of a batch once, though both rooms carry them", () => {
    const { socket, told } = setUp();
    const created = aBatch({ status: "pending", phase: "waiting", version: 1, processed: 0 });
    socket.receive("batch:created", created);
    socket.receive("batch:created", created);
    socket.receive("batch:progress", aTick({ version: 2 }));
    socket.receive("batch:progress", aTick({ version: 3 }));
    socket.receive("batch:complete", anEnd());
    socket.receive("batch:complete", anEnd());
    expect(told).toEqual(["created b1", "changed b1", "ended b1"]);
  });

  it("tells the end even where a tick told it first", () => {
    const { socket, store, told } = setUp();
    store.put(aBatch());
    socket.receive("batch:progress", aTick({ version: 9, status: "completed", processed: 100 }));
    socket.receive("batch:complete", anEnd({ version: 9 }));
    expect(told).toEqual(["ended b1"]);
    expect(store.get("b1")?.durationMs).toBe(4800);
  });

  it("asks for a batch that it has never heard of", () => {
    const { socket, told } = setUp();
    socket.receive("batch:progress", aTick({ batchId: "b7" }));
    expect(told).toEqual(["unknown b7"]);
  });

  it("listens no more once it is stopped", () => {
    const { socket, stop } = setUp();
    stop();
    expect(socket.listenerCount("batch:progress")).toBe(0);
  });
});
