import { describe, expect, it } from "vitest";
import { aNotification, somePages } from "../../testing/notifications";
import { all, isNews, unreadCount, withNew, withRead } from "./notifications";

const READ_AT = "2026-01-01T12:00:00Z";

describe("withNew", () => {
  it("puts what has arrived on top and counts it", () => {
    const pages = withNew(somePages(["b", "a"]), { ...aNotification("c"), eventId: 7 });
    expect(all(pages).map((one) => one.id)).toEqual(["c", "b", "a"]);
    expect(all(pages)[0]).toEqual(aNotification("c"));
    expect(unreadCount(pages)).toBe(3);
  });

  it("changes nothing for what is there already", () => {
    const pages = somePages(["b"], ["a"]);
    expect(withNew(pages, { ...aNotification("a"), eventId: 7 })).toBe(pages);
  });
});

describe("withRead", () => {
  it("marks one, and counts it once", () => {
    const once = withRead(somePages(["c"], ["b", "a"]), "b", READ_AT);
    const twice = withRead(once, "b", READ_AT);
    expect(unreadCount(twice)).toBe(2);
    expect(all(twice).map((one) => one.readAt)).toEqual([null, READ_AT, null]);
  });

  it("marks all, also those that are not loaded", () => {
    const pages = somePages(["b"], ["a"]);
    const many = { ...pages, pages: pages.pages.map((page) => ({ ...page, unreadCount: 40 })) };
    expect(unreadCount(withRead(many, null, READ_AT))).toBe(0);
    expect(all(withRead(many, null, READ_AT)).every((one) => one.readAt === READ_AT)).toBe(true);
  });
});

describe("isNews", () => {
  const now = Date.parse(aNotification("a").timestamp) + 1000;

  it("is what somebody has just said", () => {
    expect(isNews(aNotification("a"), now)).toBe(true);
  });

  it("is not what the page shows in another way, nor what came late", () => {
    expect(isNews({ ...aNotification("a"), batchId: "b1" }, now)).toBe(false);
    expect(isNews({ ...aNotification("a"), kind: "alert" }, now)).toBe(false);
    expect(isNews(aNotification("a"), now + 60_000)).toBe(false);
  });
});
