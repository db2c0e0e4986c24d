import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Notification } from "../../core/wire";
import {
  click,
  expectAccessible,
  expectFocusKept,
  expectFocusOn,
  expectLoaded,
  expectLoading,
  findProblem,
  press,
} from "../../testing/acts";
import { aNotification } from "../../testing/notifications";
import { openPage } from "../../testing/pages";
import { server } from "../../testing/server";
import { anAlert } from "../../testing/system";

const LIST = "GET /api/notifications";
const READ = "POST /api/notifications/:id/read";
const READ_AT = "2026-01-01T12:00:00Z";

const pageOf = (notifications: Notification[], nextCursor: string | null = null) => ({
  notifications,
  nextCursor,
  unreadCount: notifications.filter(({ readAt }) => !readAt).length,
  limit: 20,
});
const give = (...notifications: Notification[]) => server.answer(LIST, pageOf(notifications));
const bell = () => screen.getByTestId("notification-bell");
const panel = () => within(screen.getByTestId("notification-panel"));

/** Opens the panel on a page that has nothing else to show. */
async function openPanel() {
  const page = await openPage("/chat");
  await waitFor(() => expect(server.asked(LIST)).not.toEqual([]));
  click(bell());
  await screen.findByRole("dialog", { name: /^Notifications/ });
  return page;
}

describe("the bell", () => {
  it("counts nothing before it is known, and then what is unread, in words too", async () => {
    const release = server.hold(LIST);
    give(aNotification("a"), aNotification("b", { readAt: READ_AT }));
    await openPage("/chat");
    expect(bell().getAttribute("aria-label")).toBe("Notifications");
    release();
    await waitFor(() => expect(bell().getAttribute("aria-label")).toBe("Notifications, 1 unread"));
    expect(screen.getByText("1 unread notification").getAttribute("role")).toBe("status");
  });

  it("shows no number of three digits", async () => {
    server.answer(LIST, { ...pageOf([aNotification("a")]), unreadCount: 120 });
    await openPage("/chat");
    await waitFor(() => expect(bell().textContent).toBe("99+"));
    expect(bell().getAttribute("aria-label")).toBe("Notifications, 120 unread");
  });

  it("counts what arrives, and tells it", async () => {
    const { socket } = await openPage("/chat");
    await waitFor(() => expect(server.asked(LIST)).not.toEqual([]));
    await screen.findByText(/Nobody has said/);
    const news = anAlert({
      kind: "notification",
      title: "Lunch",
      message: "It is served",
      timestamp: new Date().toISOString(),
    });
    act(() => socket.receive("system:notification", { ...news, eventId: 8 }));
    await screen.findByText("It is served");
    expect(bell().getAttribute("aria-label")).toBe("Notifications, 1 unread");
  });
});

describe("the list of notifications", () => {
  it("says that it is loading until they are there", async () => {
    const release = server.hold(LIST);
    give(
      aNotification("a", { severity: "error", link: "/catalog" }),
      aNotification("b", { readAt: READ_AT }),
    );
    await openPanel();
    expectLoading("the notifications");
    await expectAccessible();
    release();
    const [first, second] = await panel().findAllByRole("listitem");
    expectLoaded("the notifications");
    expect(first?.textContent).toContain("Unread. Error: News a");
    expect(second?.textContent).not.toContain("Unread");
    await expectAccessible();
  });

  it("says that there is nothing yet", async () => {
    await openPanel();
    await panel().findByText(/^Nothing yet/);
    expect(panel().getByRole("button", { name: "Mark all as read" })).toHaveProperty(
      "disabled",
      true,
    );
    await expectAccessible();
  });

  it("tells why it could not be loaded, and loads it when asked again", async () => {
    server.fail(LIST, 503, "The database is away");
    await openPanel();
    await findProblem("The database is away");
    await expectAccessible();
    give(aNotification("a"));
    press("Try again");
    await panel().findByText("News a");
    await expectFocusKept();
  });

  it("goes on page by page, and says at its end why it cannot", async () => {
    server.answer(LIST, pageOf([aNotification("new")], "c1"));
    await openPanel();
    await panel().findByText("News new");
    server.cut(LIST);
    press("Show more");
    await findProblem("The server cannot be reached");
    expect(panel().getAllByRole("alert")).toHaveLength(1);
    give(aNotification("old"));
    press("Try again");
    await panel().findByText("News old");
    await panel().findByText("News new");
    expect(server.asked(LIST).at(-1)?.query.cursor).toBe("c1");
    await expectFocusKept();
  });

  it("marks one as read at once, and keeps the keyboard in the list", async () => {
    give(aNotification("a"), aNotification("b"));
    await openPanel();
    click(await panel().findByRole("button", { name: "Mark as read: News a" }));
    await waitFor(() =>
      expect(panel().queryByRole("button", { name: "Mark as read: News a" })).toBeNull(),
    );
    expect(bell().getAttribute("aria-label")).toBe("Notifications, 1 unread");
    await expectFocusOn(screen.getByRole("dialog", { name: /^Notifications/ }));
    expect(server.asked(READ).map(({ path }) => path)).toEqual(["/api/notifications/a/read"]);
  });

  it("takes that back where it was refused, and says why", async () => {
    give(aNotification("a"));
    server.fail(READ, 503, "The database is away");
    await openPanel();
    click(await panel().findByRole("button", { name: "Mark as read: News a" }));
    await screen.findByText("That was not marked as read");
    await findProblem("The database is away");
    await panel().findByRole("button", { name: "Mark as read: News a" });
  });

  it("marks all as read, and keeps the keyboard in the list", async () => {
    give(aNotification("a"), aNotification("b"));
    await openPanel();
    await panel().findByText("News a");
    press("Mark all as read");
    await waitFor(() => expect(bell().getAttribute("aria-label")).toBe("Notifications"));
    expect(panel().queryByRole("button", { name: /^Mark as read/ })).toBeNull();
    await expectFocusOn(screen.getByRole("dialog", { name: /^Notifications/ }));
    expect(server.asked("POST /api/notifications/read-all")).toHaveLength(1);
  });

  it("leads to what a notification is about, which is read then", async () => {
    give(aNotification("a", { link: "/dashboard" }));
    const { address } = await openPanel();
    click(await panel().findByRole("link", { name: "News a" }));
    await waitFor(() => expect(address()).toBe("/dashboard"));
    await waitFor(() => expect(screen.queryByTestId("notification-panel")).toBeNull());
    expect(server.asked(READ)).toHaveLength(1);
  });

  it("closes with Escape, and gives the focus back to the bell", async () => {
    await openPanel();
    await expectFocusOn(panel().getByRole("heading", { name: "Notifications" }));
    fireEvent.keyDown(screen.getByRole("dialog", { name: /^Notifications/ }), { key: "Escape" });
    await waitFor(() => expect(screen.queryByTestId("notification-panel")).toBeNull());
    await expectFocusOn(bell());
  });
});
