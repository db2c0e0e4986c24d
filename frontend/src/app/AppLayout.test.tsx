import { lazyRouteComponent } from "@tanstack/react-router";
import { act, screen, waitFor, within } from "@testing-library/react";
import type { ReactNode } from "react";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { connection } from "../core/socket";
import { createPages } from "../router";
import {
  click,
  expectAccessible,
  expectFocusOn,
  expectLoaded,
  expectLoading,
  findProblem,
  press,
  stopClock,
} from "../testing/acts";
import { aBatch, anEnd } from "../testing/batches";
import { beginPage, openPage } from "../testing/pages";
import { anAdmin, logIn } from "../testing/people";
import { server } from "../testing/server";
import { anAlert } from "../testing/system";

const NAME = "Annotate functions";
const LateChat = () => <h1>Chat</h1>;
const links = () =>
  within(screen.getByRole("navigation", { name: "Pages" }))
    .getAllByRole("link")
    .map((link) => link.textContent);

describe("what surrounds the pages", () => {
  it("leads to all of them, and says which one is shown", async () => {
    await openPage("/dashboard");
    expect(links()).toEqual(["Batches", "Catalog", "Dashboard", "Chat"]);
    expect(screen.getByRole("link", { current: "page" }).textContent).toBe("Dashboard");
    await expectAccessible();
  });

  it("leads admins to the system", async () => {
    logIn(anAdmin);
    await openPage("/batches");
    expect(links()).toContain("System");
    press(/account of Grace Hopper/);
    await screen.findByText("grace@example.org · admin");
  });

  it("moves the focus to the heading of a new page", async () => {
    await openPage("/batches");
    click(screen.getByRole("link", { name: "Chat" }));
    const heading = await screen.findByRole("heading", { level: 1, name: "Chat" });
    await expectFocusOn(heading);
  });

  it("chooses light or dark", async () => {
    await openPage("/batches");
    press(/^Appearance/);
    click(await screen.findByRole("menuitem", { name: /Dark/ }));
    await screen.findByRole("button", { name: "Appearance: Dark" });
    press(/^Appearance/);
    click(await screen.findByRole("menuitem", { name: /Light/ }));
    await screen.findByRole("button", { name: "Appearance: Light" });
  });
});

describe("the state of the connection", () => {
  const says = (text: string) => screen.findByRole("status", { name: `Connection: ${text}` });

  it("is said in words, whatever happens to it", async () => {
    const { socket } = await openPage("/batches");
    await says("Live");
    act(() => socket.receive("welcome", { timestamp: new Date().toISOString(), lastEventId: 5 }));
    act(() => socket.drop("transport close"));
    await says("Recovering");
    act(() => void socket.connect());
    act(() => socket.receive("recovered", { complete: true, events: 1, lastEventId: 6 }));
    await says("Recovered");
    act(() => socket.drop("transport close"));
    for (let attempt = 0; attempt < 4; attempt += 1) {
      act(() => socket.receive("connect_error", new Error("away")));
    }
    await says("Out of date");
  });

  it("is connecting until there is one", async () => {
    await openPage("/batches");
    act(() => connection.disconnect());
    act(() => void connection.connect());
    await says("Connecting");
  });

  it("is out of date after a gap, until everything was loaded anew", async () => {
    const { socket } = await openPage("/batches");
    await screen.findByRole("heading", { name: "No batches yet" });
    const release = server.hold("GET /api/batch/history");
    act(() => socket.receive("recovered", { complete: false, events: 0, lastEventId: 500 }));
    await says("Out of date");
    server.answer("GET /api/batch/history", {
      batches: [aBatch()],
      total: 1,
      limit: 50,
      nextCursor: null,
    });
    release();
    await screen.findByRole("link", { name: NAME });
    await says("Live");
  });
});

describe("news of batches", () => {
  it("are told on every page: the start, then in its place the end, with a way there", async () => {
    const { socket } = await openPage("/chat");
    act(() => socket.receive("batch:created", aBatch()));
    await screen.findByText(`Started: ${NAME}`);
    act(() => socket.receive("batch:complete", anEnd()));
    await screen.findByText(`Completed with failures: ${NAME}`);
    await waitFor(() => expect(screen.queryByText(`Started: ${NAME}`)).toBeNull());
    expect(screen.getByText("97 successful, 2 failed, 1 skipped")).toBeDefined();
    expect(screen.getByRole("link", { name: "Show the batch" }).getAttribute("href")).toBe(
      "/batches/b1",
    );
    await expectAccessible();
  });

  it("say why a batch could not go on, and are taken back where it does", async () => {
    const { socket } = await openPage("/chat");
    act(() => socket.receive("batch:created", aBatch()));
    act(() =>
      socket.receive("batch:error", {
        batchId: "b1",
        version: 9,
        code: "failure_limit",
        error: "More than 19 items failed",
        fatal: true,
        timestamp: "2026-11-24T10:00:06Z",
      }),
    );
    await findProblem("More than 19 items failed");
    await screen.findByText(`Failed: ${NAME}`);
    act(() => socket.receive("batch:resumed", aBatch({ version: 10, status: "pending" })));
    await waitFor(() => expect(screen.queryByText(`Failed: ${NAME}`)).toBeNull());
  });
});

describe("the banner", () => {
  const banner = (text: string) => screen.findByText(text, { exact: false });

  it("says nothing while the system does well, or while nobody knows", async () => {
    server.fail("GET /api/system/status", 503, "The database is away");
    await openPage("/chat");
    await waitFor(() => expect(server.asked("GET /api/system/status")).not.toEqual([]));
    expect(screen.queryByTestId("system-banner")).toBeNull();
  });

  it("says what is away, and goes when it is back", async () => {
    const { socket } = await openPage("/chat");
    const degraded = {
      status: "degraded",
      severity: "error",
      title: "The database is away.",
      message: "Batches wait.",
    };
    act(() => socket.receive("system:status", degraded));
    const text = await banner("Batches wait.");
    expect(text.closest("[role=status]")).not.toBeNull();
    await expectAccessible();
    act(() => socket.receive("system:status", { ...degraded, status: "ok" }));
    await waitFor(() => expect(screen.queryByText(/Batches wait/)).toBeNull());
  });

  it("shows an alert until it is put away, and keeps it where that was refused", async () => {
    const { socket } = await openPage("/chat");
    await waitFor(() => expect(server.asked("GET /api/notifications")).not.toEqual([]));
    await screen.findByRole("heading", { name: "Chat" });
    server.fail("POST /api/notifications/:id/read", 503, "The database is away");
    server.answer("GET /api/notifications", {
      notifications: [{ ...anAlert(), readAt: null }],
      unreadCount: 1,
      limit: 20,
      nextCursor: null,
    });
    await act(async () => socket.receive("system:alert", { ...anAlert(), eventId: 8 }));
    await banner("Restart at noon");
    press("Put away: Restart at noon");
    await findProblem("The database is away");
    await screen.findByText("The alert was not put away");
    await screen.findByRole("button", { name: "Put away: Restart at noon" });
    server.answer("POST /api/notifications/:id/read", { unreadCount: 0 });
    press("Put away: Restart at noon");
    await waitFor(() => expect(screen.queryByText(/Batches go on afterwards/)).toBeNull());
    await expectFocusOn(screen.getByRole("main"));
  });
});

describe("an address that leads nowhere", () => {
  it("says so, and leads back", async () => {
    await openPage("/nowhere");
    await screen.findByRole("heading", { name: "Not found" });
    expect(screen.getByText("There is nothing at this address.")).toBeDefined();
    await expectAccessible();
    click(screen.getByRole("link", { name: "To the batches" }));
    await screen.findByRole("heading", { name: "Batches" });
  });
});

describe("a page whose code is not there yet", () => {
  /** Lets the code of the chat come late; what comes back lets it arrive. */
  function holdCode(): () => void {
    const chat = createPages().routesById["/app/chat"];
    const { component } = chat.options;
    onTestFinished(() => void chat.update({ component }));
    let arrive = () => {};
    const code = new Promise<{ Page: () => ReactNode }>((resolve) => {
      arrive = () => resolve({ Page: LateChat });
    });
    chat.update({ component: lazyRouteComponent(() => code, "Page") });
    return () => arrive();
  }

  it("is not blank for long: it says that it is loading", async () => {
    const pass = stopClock();
    const arrive = holdCode();
    logIn();
    await beginPage("/chat");
    await pass(1500);
    expectLoading("the page");
    arrive();
    await screen.findByRole("heading", { name: "Chat" });
    expectLoaded("the page");
  });
});

describe("a page whose code fails", () => {
  it("says so in its place, and the rest stays usable", async () => {
    for (const method of ["error", "warn"] as const) vi.spyOn(console, method).mockReturnValue();
    // No server of ours answers so, and the page cannot go on with it.
    server.answer("GET /api/dashboard/metrics", { history: [], widgets: {} } as never);
    await openPage("/dashboard");
    await screen.findByRole("heading", { name: "Something went wrong on this page" });
    expect(screen.getByRole("button", { name: "Load the page again" })).toBeDefined();
    await expectAccessible();
    click(screen.getByRole("link", { name: "Chat" }));
    await screen.findByRole("heading", { level: 1, name: "Chat" });
  });
});
