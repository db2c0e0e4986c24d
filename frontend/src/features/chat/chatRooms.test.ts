import { describe, expect, it } from "vitest";
import { nameOf, parseRoomName, readRoomName, roomOf } from "./chatRooms";

describe("chat rooms", () => {
  it("have the room of all without a name", () => {
    expect(roomOf(undefined)).toBe("chat");
    expect(nameOf("chat")).toBeUndefined();
    expect(nameOf(roomOf("month-end"))).toBe("month-end");
  });

  it("are named as the server allows", () => {
    expect(parseRoomName("  Month end 2026 ")).toEqual({ name: "Month-end-2026" });
    for (const wrong of ["", "  ", "größe", "-x", "a/b", "<b>", "x".repeat(101)]) {
      expect(parseRoomName(wrong)).toHaveProperty("problem");
      expect(readRoomName(wrong)).toBeUndefined();
    }
    expect(readRoomName(["x"])).toBeUndefined();
  });
});
