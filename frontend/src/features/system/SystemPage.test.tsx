import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import type { ProcessesResponse } from "../../core/wire";
import {
  click,
  expectAccessible,
  expectFocusKept,
  expectFocusOn,
  expectLoaded,
  expectLoading,
  fillIn,
  findProblem,
  press,
  stopClock,
} from "../../testing/acts";
import { openPage } from "../../testing/pages";
import { ada, anAdmin, logIn } from "../../testing/people";
import { server } from "../../testing/server";
import { aConnection } from "../../testing/system";

const PROCESSES = "GET /api/admin/processes";
const CONNECTIONS = "GET /api/admin/connections";
const END = "DELETE /api/admin/connections/:id";

const running: ProcessesResponse = {
  queues: [
    {
      priority: "high",
      runningBatches: 1,
      pendingBatches: 2,
      queuedChunks: 3000,
      chunksInHand: 4,
      messages: 5,
    },
  ],
  workers: [
    { id: "w1", host: "one", pid: 11, startedAt: null, inHand: [], loops: [] },
    {
      id: "w2",
      host: "two",
      pid: 12,
      startedAt: "2026-11-24T10:00:00Z",
      inHand: [{ batchId: "b1", batchName: "Prices", isPlanning: true }],
      loops: [],
    },
  ],
  web: [
    { id: "s1", host: "one", pid: 13, startedAt: null, authenticated: 3, anonymous: 1, loops: [] },
  ],
  rooms: { dashboard: 2, chat: 3 },
};

const panel = (title: string) => within(screen.getByRole("region", { name: title }));
const find = (title: string) => screen.findByRole("region", { name: title });
const connections = (...names: (string | null)[]) => ({
  connections: names.map((name) => aConnection(String(name), name)),
  total: names.length,
});

beforeEach(() => logIn(anAdmin));

describe("the page of the system", () => {
  it("is for admins only, and asks for nothing where somebody else comes", async () => {
    logIn(ada);
    await openPage("/system");
    await findProblem("This page is for admins only");
    expect(server.asked(PROCESSES)).toEqual([]);
    await expectAccessible();
  });

  it("says that it is loading until the processes are there", async () => {
    const release = server.hold(PROCESSES);
    server.answer(PROCESSES, running);
    await openPage("/system");
    expectLoading("the processes");
    await expectAccessible();
    release();
    await find("Queues");
    expectLoaded("the processes");
    expect(panel("Queues").getByText("3,000")).toBeDefined();
    expect(panel("Worker processes").getByText("Idle")).toBeDefined();
    expect(panel("Worker processes").getByText("(reads its input)")).toBeDefined();
    expect(panel("Worker processes").getByRole("link", { name: "Prices" })).toBeDefined();
    const rooms = panel("Rooms").getAllByRole("row").slice(1);
    expect(rooms.map((row) => row.textContent)).toEqual(["chat3", "dashboard2"]);
    await expectAccessible();
  });

  it("says of each part that there is nothing, and what to do where no worker runs", async () => {
    await openPage("/system");
    await find("Queues");
    for (const words of [
      "There is no queue.",
      "No worker is running: batches wait. Start one: celery -A tasks.app worker",
      "No web process has said that it is there.",
      "Nobody is in any room.",
    ]) {
      expect(screen.getByText(words)).toBeDefined();
    }
    await screen.findByText("Nobody is connected.");
    await expectAccessible();
  });

  it("tells why it could not be loaded, and loads it when asked again", async () => {
    server.fail(PROCESSES, 503, "Redis is away");
    await openPage("/system");
    await findProblem("Redis is away");
    await expectAccessible();
    server.answer(PROCESSES, running);
    press("Try again");
    await find("Queues");
    await expectFocusKept();
  });

  it("leaves that message where it is, though it would ask every two seconds", async () => {
    const pass = stopClock();
    server.fail(PROCESSES, 503, "Redis is away");
    await openPage("/system");
    await findProblem("Redis is away");
    await pass(10_000);
    expect(server.asked(PROCESSES)).toHaveLength(1);
  });

  it("keeps what it shows where asking again fails, and says so", async () => {
    const pass = stopClock();
    server.answer(PROCESSES, running);
    await openPage("/system");
    await screen.findByText("3,000");
    server.fail(PROCESSES, 503, "Redis is away");
    await pass(2500);
    await findProblem("Redis is away");
    expect(screen.getByText("3,000")).toBeDefined();
    server.answer(PROCESSES, running);
    await pass(2500);
    await waitFor(() => expect(screen.queryByText("Redis is away")).toBeNull());
  });
});

describe("the connections", () => {
  it("are not said to be none before it is known", async () => {
    const release = server.hold(CONNECTIONS);
    server.answer(CONNECTIONS, connections("ada", null));
    await openPage("/system");
    await find("Connections");
    expectLoading("the connections");
    expect(screen.queryByText("Nobody is connected.")).toBeNull();
    expect(screen.queryByText("0 connections")).toBeNull();
    await expectAccessible();
    release();
    await screen.findByText("2 connections");
    expect(panel("Connections").getByText("Anonymous")).toBeDefined();
    expect(panel("Connections").getByRole("button", { name: "Disconnect ada" })).toBeDefined();
    await expectAccessible();
  });

  it("are searched for what was typed, and the search stays where it fails", async () => {
    server.answer(CONNECTIONS, connections("ada"));
    await openPage("/system");
    await screen.findByText("1 connection");
    const search = screen.getByLabelText("Search connections");
    act(() => search.focus());
    server.fail(CONNECTIONS, 503, "Redis is away");
    fillIn("Search connections", "xyz");
    await findProblem("Redis is away");
    await expectFocusOn(search);
    server.answer(CONNECTIONS, connections());
    press("Try again");
    await screen.findByText("No connection matches.");
    expect(server.asked(CONNECTIONS).at(-1)?.query.q).toBe("xyz");
  });

  it("are turned over page by page, and back from a page that has emptied", async () => {
    const pass = stopClock();
    let total = 60;
    server.answer(CONNECTIONS, ({ query }) =>
      Number(query.offset) < total
        ? { connections: [aConnection("c", query.offset === "0" ? "first" : "last")], total }
        : { connections: [], total },
    );
    await openPage("/system");
    await screen.findByText("60 connections");
    expect(screen.getByRole("button", { name: "Newer" })).toHaveProperty("disabled", true);
    press("Older");
    await screen.findByRole("button", { name: "Disconnect last" });
    expect(screen.getByRole("button", { name: "Older" })).toHaveProperty("disabled", true);
    total = 40;
    await pass(2500);
    await screen.findByText("40 connections");
    await screen.findByRole("button", { name: "Disconnect first" });
  });

  it("are ended one by one, busy until it is done", async () => {
    server.answer(CONNECTIONS, connections("ada", "grace"));
    const pass = stopClock();
    const release = server.hold(END);
    await openPage("/system");
    click(await screen.findByRole("button", { name: "Disconnect ada" }));
    await waitFor(() =>
      expect(screen.getByRole("button", { name: "Disconnect ada" })).toHaveProperty(
        "disabled",
        true,
      ),
    );
    expect(screen.getByRole("button", { name: "Disconnect grace" })).toHaveProperty(
      "disabled",
      false,
    );
    server.answer(CONNECTIONS, connections("grace"));
    release();
    await pass(2500);
    await waitFor(() =>
      expect(screen.queryByRole("button", { name: "Disconnect ada" })).toBeNull(),
    );
    expect(server.asked(END).map(({ path }) => path)).toEqual(["/api/admin/connections/ada"]);
  });

  it("tell why one could not be ended", async () => {
    server.answer(CONNECTIONS, connections("ada"));
    server.fail(END, 404, "It is gone already");
    await openPage("/system");
    click(await screen.findByRole("button", { name: "Disconnect ada" }));
    await findProblem("It is gone already");
    await expectAccessible();
  });
});
