import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Batch } from "../../core/wire";
import {
  click,
  expectAccessible,
  expectFocusKept,
  fillIn,
  findProblem,
  press,
  stopClock,
} from "../../testing/acts";
import { aBatch, aTick } from "../../testing/batches";
import { openPage } from "../../testing/pages";
import { anAdmin, logIn } from "../../testing/people";
import { server } from "../../testing/server";

const HISTORY = "GET /api/batch/history";
const STATS = "GET /api/batch/stats";

const named = (name: string, changes: Partial<Batch> = {}): Batch =>
  aBatch({ id: name, batchId: name, name, ...changes });
const pageOf = (batches: Batch[], nextCursor: string | null = null) => ({
  batches,
  nextCursor,
  total: nextCursor ? 100 : batches.length,
  limit: 50,
});
const show = (...batches: Batch[]) => server.answer(HISTORY, pageOf(batches));

const linkTo = (name: string) => screen.findByRole("link", { name });
const row = async (name: string) => {
  const item = (await linkTo(name)).closest("li");
  if (!item) throw new Error(`${name} is in no list`);
  return within(item);
};

describe("the list of batches", () => {
  it("says that it is loading until the batches are there, and then how many there are", async () => {
    const release = server.hold(HISTORY);
    show(named("Prices"), named("Suppliers"));
    await openPage("/batches");
    await screen.findByText("Loading");
    await expectAccessible();
    release();
    await linkTo("Prices");
    expect(screen.getByText("2 batches").getAttribute("role")).toBe("status");
    await expectAccessible();
  });

  it("says that there are none yet, and leads to the first, without anything to search in", async () => {
    await openPage("/batches");
    await screen.findByRole("heading", { name: "No batches yet" });
    const link = await linkTo("Start the first batch");
    expect(link.getAttribute("href")).toBe("/batches/new");
    expect(screen.queryByLabelText("Search batches")).toBeNull();
    await expectAccessible();
  });

  it("lets an admin, who has none, look at everybody's", async () => {
    logIn(anAdmin);
    await openPage("/batches");
    await screen.findByRole("heading", { name: "No batches yet" });
    show(named("Of somebody else"));
    click(screen.getByRole("radio", { name: "Everybody's" }));
    await linkTo("Of somebody else");
    expect(server.asked(HISTORY).at(-1)?.query.owner).toBe("all");
  });

  it("says that nothing fits the filters, and clears them", async () => {
    server.answer(HISTORY, ({ query }) => pageOf(query.q ? [] : [named("Prices")]));
    const { address } = await openPage("/batches?q=xyz&status=failed&operation=shout");
    await screen.findByRole("heading", { name: "No batch matches" });
    await expectAccessible();
    press("Clear the filters");
    await linkTo("Prices");
    expect(address()).toBe("/batches");
    expect(screen.getByLabelText("Search batches")).toHaveProperty("value", "");
    await expectFocusKept();
  });

  it("tells why it could not be loaded, claims no number, and loads when asked again", async () => {
    server.fail(HISTORY, 503, "The database is away");
    await openPage("/batches");
    await findProblem("The database is away");
    expect(screen.queryByText("0 batches")).toBeNull();
    await expectAccessible();
    show(named("Prices"));
    press("Try again");
    await linkTo("Prices");
    await expectFocusKept();
  });

  it("keeps what it shows where a refresh fails, and says so", async () => {
    show(named("Prices"));
    const { socket } = await openPage("/batches");
    await linkTo("Prices");
    server.cut(HISTORY);
    act(() => socket.receive("batch:created", named("Another")));
    await findProblem("The server cannot be reached");
    await linkTo("Prices");
  });

  it("goes on page by page, by the cursor of the last one", async () => {
    server.answer(HISTORY, ({ query }) =>
      query.cursor === "c1" ? pageOf([named("Old")]) : pageOf([named("Newest")], "c1"),
    );
    await openPage("/batches");
    await linkTo("Newest");
    press("Show more");
    await linkTo("Old");
    await linkTo("Newest");
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
    await expectFocusKept();
  });

  it("says beside the list why more could not be loaded, and loads more when asked again", async () => {
    server.answer(HISTORY, pageOf([named("Newest")], "c1"));
    await openPage("/batches");
    await linkTo("Newest");
    server.fail(HISTORY, 503, "The database is away");
    press("Show more");
    await findProblem("The database is away");
    expect(screen.getAllByRole("alert")).toHaveLength(1);
    server.answer(HISTORY, pageOf([named("Old")]));
    press("Try again");
    await linkTo("Old");
    await linkTo("Newest");
    expect(server.asked(HISTORY).at(-1)?.query.cursor).toBe("c1");
  });

  it("searches for what was typed once the person pauses", async () => {
    show(named("Prices"));
    const pass = stopClock();
    const { address } = await openPage("/batches");
    await linkTo("Prices");
    fillIn("Search batches", "pri");
    await pass(200);
    fillIn("Search batches", "price ");
    await pass(200);
    expect(address()).toBe("/batches");
    await pass(100);
    await waitFor(() => expect(address()).toBe("/batches?q=price"));
    const asked = server.asked(HISTORY).map(({ query }) => query.q);
    expect(asked.filter(Boolean)).toEqual(["price"]);
  });

  it("shows by which operation it is narrowed, also while its title is not known", async () => {
    server.fail("GET /api/batch/operations", 503, "The database is away");
    show(named("Prices"));
    await openPage("/batches?operation=shout");
    await linkTo("Prices");
    expect(screen.getByRole("combobox", { name: "Operation" })).toHaveProperty("value", "shout");
  });
});

describe("the choice of a status", () => {
  const tabs = () =>
    within(screen.getByRole("group", { name: "Status" }))
      .getAllByRole("button")
      .map((tab) => tab.textContent);

  it("tells how many there are of each, and offers rare ones where there are any", async () => {
    const release = server.hold(STATS);
    server.answer(STATS, { total: 1203, byStatus: { failed: 3, paused: 1200 }, byOperation: {} });
    show(named("Prices"));
    const { address } = await openPage("/batches");
    await linkTo("Prices");
    expect(tabs()).toEqual(["All", "Running", "Completed", "Failed"]);
    release();
    await waitFor(() =>
      expect(tabs()).toEqual(["All1,203", "Running0", "Paused1,200", "Completed0", "Failed3"]),
    );
    press(/^Failed/);
    await waitFor(() => expect(address()).toBe("/batches?status=failed"));
    expect(screen.getByRole("button", { name: /^Failed/, pressed: true })).toBeDefined();
    expect(server.asked(HISTORY).at(-1)?.query.status).toBe("failed");
  });

  it("counts nothing where the counts cannot be loaded or are not those of the list", async () => {
    logIn(anAdmin);
    server.fail(STATS, 503, "The database is away");
    show(named("Prices"));
    await openPage("/batches?owner=all&status=cancelled");
    await linkTo("Prices");
    expect(tabs()).toEqual(["All", "Running", "Completed", "Failed", "Cancelled"]);
    expect(server.asked(STATS)).toEqual([]);
  });
});

describe("a batch in the list", () => {
  it("moves by itself, and says what failed", async () => {
    show(named("Prices", { failed: 0 }));
    const { socket } = await openPage("/batches");
    const prices = await row("Prices");
    expect(prices.getByText("40 of 100")).toBeDefined();
    act(() => socket.receive("batch:progress", aTick({ batchId: "Prices", progress: 50.19 })));
    const bar = prices.getByRole("progressbar", { name: "Progress of Prices" });
    expect(bar.getAttribute("aria-valuetext")).toBe("50.1%, 2 failed");
    expect(prices.getByText("2 failed")).toBeDefined();
  });

  it("says so where nobody knows yet how many items there will be", async () => {
    show(
      named("Counting", { total: null, processed: 0, phase: "planning", progress: 0 }),
      named("Open", { total: null, sealed: false }),
      named("Waiting", { status: "pending", phase: "waiting", processed: 0, startedAt: null }),
    );
    await openPage("/batches");
    expect((await row("Counting")).getByText("Not counted yet")).toBeDefined();
    expect((await row("Open")).getByText("40 done so far")).toBeDefined();
    const waiting = await row("Waiting");
    expect(waiting.getByText("Waiting for your other batches to finish")).toBeDefined();
    const texts = screen
      .getAllByRole("progressbar")
      .map((bar) => bar.getAttribute("aria-valuetext"));
    expect(texts).toEqual(["reading the input", "40 done, 2 failed", "waiting"]);
  });

  it("is paused where it is paused, and can go on", async () => {
    show(named("Prices", { status: "paused" }));
    server.answer("POST /api/batch/:id/:action", { batch: named("Prices", { version: 6 }) });
    await openPage("/batches");
    const prices = await row("Prices");
    expect(prices.getByText("Paused")).toBeDefined();
    expect(prices.getByRole("progressbar").getAttribute("aria-valuetext")).toContain("paused, 40");
    click(prices.getByRole("button", { name: "Resume: Prices" }));
    await prices.findByRole("button", { name: "Pause: Prices" });
    expect(server.asked("POST /api/batch/:id/:action").map(({ path }) => path)).toEqual([
      "/api/batch/Prices/resume",
    ]);
  });
});
