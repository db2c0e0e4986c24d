import { describe, expect, it } from "vitest";
import { BatchStore } from "../../core/batchStore";
import { aBatch, anEnd, aTick } from "../../testing/batches";
import { FakeSocket } from "../../testing/socket";
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

  it("tells that a batch was paused and resumed", () => {
    const { socket, store, told } = setUp();
    store.put(aBatch());
    socket.receive("batch:paused", aBatch({ version: 6, status: "paused" }));
    expect(store.get("b1")?.status).toBe("paused");
    socket.receive("batch:resumed", aBatch({ version: 7, status: "pending", phase: "queued" }));
    socket.receive("batch:progress", aTick({ version: 8 }));
    expect(told).toEqual(["changed b1", "changed b1", "changed b1"]);
  });

  it("tells that a batch goes on after its end, and then its next end as well", () => {
    const { socket, store, told } = setUp();
    store.put(aBatch());
    socket.receive("batch:complete", anEnd({ version: 9 }));
    const reopened = aBatch({ version: 10, status: "pending", phase: "queued", processed: 98 });
    socket.receive("batch:resumed", reopened);
    socket.receive("batch:complete", anEnd({ version: 9 }));
    expect(store.get("b1")?.status).toBe("pending");
    socket.receive("batch:complete", anEnd({ version: 12 }));
    expect(told).toEqual(["ended b1", "reopened b1", "ended b1"]);
  });

  it("tells so too where the answer to the request was faster than the event", () => {
    const { socket, store, told } = setUp();
    store.put(aBatch());
    socket.receive("batch:complete", anEnd({ version: 9 }));
    const reopened = aBatch({ version: 10, status: "running", processed: 98 });
    store.put(reopened);
    socket.receive("batch:resumed", reopened);
    expect(told).toEqual(["ended b1", "reopened b1"]);
  });

  it("listens no more once it is stopped", () => {
    const { socket, stop } = setUp();
    stop();
    expect(socket.listenerCount("batch:progress")).toBe(0);
  });
});
