import { beforeEach, describe, expect, it } from "vitest";
import { FakeSocket } from "../testing/socket";
import { Connection } from "./socket";

let socket: FakeSocket;
let opened: number;
let connection: Connection;

beforeEach(() => {
  opened = 0;
  connection = new Connection(() => {
    opened += 1;
    socket = new FakeSocket();
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
    expect(sentOf("join-room")).toEqual([["join-room", "batch:1"]]);
    expect(sentOf("leave-room")).toEqual([]);
    connection.leaveRoom("batch:1");
    expect(sentOf("leave-room")).toEqual([["leave-room", "batch:1"]]);
  });

  it("does not mind leaving a room that it is not in", () => {
    connection.connect();
    socket.connect();
    connection.leaveRoom("batch:1");
    expect(socket.sent).toEqual([]);
  });

  it("joins what was asked for while it was away, and all of it again after a reconnection", () => {
    connection.connect();
    connection.joinRoom("batch:1");
    expect(socket.sent).toEqual([]);
    socket.connect();
    expect(sentOf("join-room")).toHaveLength(1);
    socket.drop("transport close");
    connection.joinRoom("batch:2");
    socket.connect();
    expect(sentOf("join-room").map(([, room]) => room)).toEqual(["batch:1", "batch:1", "batch:2"]);
  });

  it("says in which state it is", () => {
    const states: string[] = [];
    connection.subscribe(() => states.push(connection.current()));
    connection.connect();
    socket.connect();
    socket.drop("transport close");
    for (let attempt = 0; attempt < 6; attempt += 1) {
      socket.receive("connect_error", new Error("xhr poll error"));
    }
    socket.connect();
    connection.disconnect();
    expect(states).toEqual(["connecting", "live", "reconnecting", "offline", "live", "offline"]);
  });
});
