import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeSocket } from "../testing/socket";
import { Connection } from "./socket";

let socket: FakeSocket;
let opened: number;
let connection: Connection;

beforeEach(() => {
  opened = 0;
  connection = new Connection((auth) => {
    opened += 1;
    socket = new FakeSocket(auth);
    return socket.asSocket();
  });
});

const sentOf = (event: string) => socket.sent.filter(([name]) => name === event);

describe("the connection", () => {
  it("is opened once, however many ask for it", () => {
    connection.connect();
    connection.connect();
    expect(opened).toBe(1);
  });

  it("joins a room once and leaves it when the last one lets go", () => {
    connection.connect();
    socket.connect();
    connection.joinRoom("batch:1");
    connection.joinRoom("batch:1");
    connection.leaveRoom("batch:1");
    expect(sentOf("join-room")).toEqual([["join-room", { room: "batch:1" }]]);
    expect(sentOf("leave-room")).toEqual([]);
    connection.leaveRoom("batch:1");
    expect(sentOf("leave-room")).toEqual([["leave-room", { room: "batch:1" }]]);
  });

  it("does not mind leaving a room that it is not in", () => {
    connection.connect();
    socket.connect();
    connection.leaveRoom("batch:1");
    expect(socket.sent).toEqual([]);
  });

  it("joins what was asked for while it was away, and all of it again with a reconnection", () => {
    connection.connect();
    connection.joinRoom("batch:1");
    socket.connect();
    socket.drop("transport close");
    connection.joinRoom("batch:2");
    socket.connect();
    const rooms = socket.handshakes.map((auth) => (auth as { rooms: string[] }).rooms);
    expect(rooms).toEqual([["batch:1"], ["batch:1", "batch:2"]]);
    expect(socket.sent).toEqual([]);
  });

  it("names the last event that it got, and is live once the gap is filled", () => {
    vi.useFakeTimers();
    const states: string[] = [];
    connection.subscribe(() => states.push(connection.current()));
    connection.connect();
    socket.connect();
    socket.receive("welcome", { timestamp: new Date().toISOString(), lastEventId: 5 });
    socket.receive("batch:progress", { batchId: "1" });
    socket.receive("batch:complete", { batchId: "1", eventId: 7 });
    socket.drop("transport close");
    socket.connect();
    socket.receive("batch:complete", { batchId: "2", eventId: 9 });
    socket.receive("recovered", { complete: true, events: 1, lastEventId: 12 });
    vi.runAllTimers();
    socket.drop("transport close");
    socket.connect();
    expect(socket.handshakes.slice(1)).toMatchObject([{ lastEventId: 7 }, { lastEventId: 12 }]);
    expect(states).toEqual(["connecting", "live", "recovering", "recovered", "live", "recovering"]);
    vi.useRealTimers();
  });

  it("is out of date after a gap that cannot be filled, until all is loaded anew", () => {
    connection.connect();
    socket.connect();
    socket.receive("welcome", { timestamp: new Date().toISOString(), lastEventId: 5 });
    socket.drop("transport close");
    socket.connect();
    socket.receive("recovered", { complete: false, events: 0, lastEventId: 5000 });
    expect(connection.current()).toBe("stale");
    connection.reloaded();
    expect(connection.current()).toBe("live");
  });

  it("asks for nothing that another user missed", () => {
    connection.connect("token of one");
    socket.connect();
    socket.receive("welcome", { timestamp: new Date().toISOString(), lastEventId: 5 });
    connection.connect("token of another");
    expect(socket.handshakes[1]).not.toHaveProperty("lastEventId");
  });

  it("says that it may be out of date when the server stays away", () => {
    const states: string[] = [];
    connection.subscribe(() => states.push(connection.current()));
    connection.connect();
    socket.connect();
    socket.receive("welcome", { timestamp: new Date().toISOString(), lastEventId: 5 });
    socket.drop("transport close");
    for (let attempt = 0; attempt < 6; attempt += 1) {
      socket.receive("connect_error", new Error("xhr poll error"));
    }
    connection.disconnect();
    expect(states).toEqual(["connecting", "live", "recovering", "stale"]);
  });
});
