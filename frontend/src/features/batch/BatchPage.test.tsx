import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Batch } from "../../core/wire";
import {
  click,
  expectAccessible,
  expectFocusKept,
  expectLoaded,
  expectLoading,
  findProblem,
  press,
  stopClock,
} from "../../testing/acts";
import { aBatch, anEnd, aTick } from "../../testing/batches";
import { openPage } from "../../testing/pages";
import { server } from "../../testing/server";

const BATCH = "GET /api/batch/:id";
const NAME = "Annotate functions";

const findBatch = () => screen.findByRole("heading", { level: 1, name: NAME });
const progress = () => screen.getByRole("region", { name: "Progress" });
const saysInProgress = (words: string) => expect(progress().textContent).toContain(words);

async function openBatch(changes: Partial<Batch> = {}) {
  server.answer(BATCH, { batch: aBatch({ failed: 0, ...changes }) });
  const page = await openPage("/batches/b1");
  await findBatch();
  return page;
}

describe("the page of a batch", () => {
  it("says that it is loading until the batch is there", async () => {
    const release = server.hold(BATCH);
    await openPage("/batches/b1");
    expectLoading("the batch");
    await expectAccessible();
    release();
    await findBatch();
    expectLoaded("the batch");
    await screen.findByText(/Results appear here as soon as/);
    await expectAccessible();
  });

  it("is not there where there is no such batch", async () => {
    server.fail(BATCH, 404, "There is no such batch");
    await openPage("/batches/b1");
    await screen.findByText("There is no such batch, or it belongs to somebody else.");
    expect(screen.getByRole("link", { name: "To the batches" })).toBeDefined();
    expect(document.title).toBe("Not found · Batchwire");
    await expectAccessible();
  });

  it("is not there any more where the list still had the batch", async () => {
    server.answer("GET /api/batch/history", {
      batches: [aBatch({ status: "completed" })],
      total: 1,
      limit: 50,
      nextCursor: null,
    });
    server.fail(BATCH, 404, "There is no such batch");
    await openPage("/batches");
    click(await screen.findByRole("link", { name: NAME }));
    await screen.findByText("There is no such batch, or it belongs to somebody else.");
  });

  it("tells why the batch could not be loaded, and loads it when asked again", async () => {
    server.fail(BATCH, 503, "The database is away");
    await openPage("/batches/b1");
    await findProblem("The database is away");
    await expectAccessible();
    server.answer(BATCH, { batch: aBatch() });
    press("Try again");
    await findBatch();
    await expectFocusKept();
  });

  it("moves with each tick, and reads each tenth out", async () => {
    const { socket } = await openBatch();
    const bar = within(progress()).getByRole("progressbar");
    act(() => socket.receive("batch:progress", aTick({ progress: 55.55, rate: 1234 })));
    expect(bar.getAttribute("aria-valuetext")).toBe("55.5%, 2 failed");
    saysInProgress("1,234");
    expect(screen.getByText(`${NAME}: running, 50 percent`).getAttribute("aria-live")).toBe(
      "polite",
    );
    expect(document.title).toBe(`55.5% · ${NAME}`);
  });

  it("tells the end once, with what can be done then", async () => {
    const { socket } = await openBatch();
    server.answer(BATCH, { batch: aBatch({ status: "completed", version: 9, durationMs: 4800 }) });
    act(() =>
      socket.receive("batch:complete", anEnd({ results: { ...anEnd().results, failed: 0 } })),
    );
    await screen.findByText("on average");
    expect(screen.getByRole("link", { name: "Run as new batch" }).getAttribute("href")).toBe(
      "/batches/new?operation=annotate&from=b1",
    );
    expect(screen.queryByRole("button", { name: "Cancel batch" })).toBeNull();
    expect(document.title).toBe(`Completed · ${NAME}`);
  });

  it("shows a batch of an operation that is not known any more", async () => {
    await openBatch({ operation: "gone" });
    const details = within(screen.getByRole("complementary", { name: "Details" }));
    expect(details.getByText("gone")).toBeDefined();
  });

  it("shows what it knows where the operations cannot be loaded", async () => {
    server.fail("GET /api/batch/operations", 503, "The database is away");
    await openBatch({ options: { depth: 3 } });
    const details = within(screen.getByRole("complementary", { name: "Details" }));
    expect(details.getByText("depth")).toBeDefined();
  });
});

describe("the progress of a batch", () => {
  it("stands still where it is paused, and names no time that it will take", async () => {
    await openBatch({ status: "paused" });
    saysInProgress("Paused at 40%");
    expect(within(progress()).getAllByText("paused")).toHaveLength(2);
    expect(screen.getByRole("button", { name: "Resume" })).toBeDefined();
    await expectAccessible();
  });

  it("counts nothing that nobody has counted", async () => {
    await openBatch({ total: null, processed: 0, successful: 0, phase: "planning", progress: 0 });
    saysInProgress("Reading the input");
    saysInProgress("not counted yet");
    expect(within(progress()).getByRole("progressbar").getAttribute("aria-valuetext")).toBe(
      "reading the input",
    );
    expect(screen.getByTestId("count-left").textContent).toBe("–");
  });

  it("waits where the batch waits for others", async () => {
    await openBatch({ status: "pending", phase: "waiting", processed: 0, startedAt: null });
    saysInProgress("Waiting for your other batches to finish");
    saysInProgress("not started yet");
  });

  it("says why the batch could not go on, and what was not done", async () => {
    await openBatch({
      status: "failed",
      failed: 20,
      processed: 60,
      error: { code: "failure_limit", message: "More than 19 items failed" },
    });
    saysInProgress(
      "Stopped at the failure limit. More than 19 items failed. The other 40 were not",
    );
    expect(screen.getByRole("button", { name: "Retry and continue" })).toBeDefined();
    await expectAccessible();
  });

  it("says what was tried again and what was absorbed", async () => {
    await openBatch({ retries: 3, recoveries: 1, redeliveries: 2 });
    saysInProgress("Items were tried again 3 times");
    saysInProgress("1 part taken over from a lost worker · 2 redeliveries absorbed");
  });

  it("is closed by who says that there are no more items", async () => {
    await openBatch({ sealed: false, total: null });
    saysInProgress("40 done");
    saysInProgress("still open");
    const seal = server.hold("POST /api/batch/:id/:action");
    server.answer("POST /api/batch/:id/:action", {
      batch: aBatch({ version: 6, failed: 0 }),
    });
    press("No more items");
    await screen.findByRole("button", { name: "No more items", busy: true });
    seal();
    await waitFor(() => expect(screen.queryByText("This batch is open.")).toBeNull());
    expect(server.asked("POST /api/batch/:id/:action").map(({ path }) => path)).toEqual([
      "/api/batch/b1/seal",
    ]);
    await expectFocusKept();
  });

  it("stays open where that was refused, and says why", async () => {
    server.fail("POST /api/batch/:id/:action", 409, "It is paused");
    await openBatch({ sealed: false, total: null });
    press("No more items");
    await findProblem("It is paused");
    await screen.findByText("The batch was not closed");
    expect(screen.getByRole("button", { name: "No more items" })).toBeDefined();
  });
});

describe("how fresh the progress is", () => {
  it("is said while the connection is away", async () => {
    const { socket } = await openBatch();
    expect(screen.queryByText(/Not live/)).toBeNull();
    act(() => socket.drop("transport close"));
    const note = await screen.findByText(/Not live: this was the state \d s ago/);
    expect(note.closest("[role=status]")).not.toBeNull();
    act(() => void socket.connect());
    await waitFor(() => expect(screen.queryByText(/Not live/)).toBeNull());
  });

  it("is said where a running batch stands still for long, and for no other", async () => {
    const pass = stopClock();
    const { socket } = await openBatch();
    expect(screen.queryByText(/No news for/)).toBeNull();
    await pass(13_000);
    await screen.findByText(/No news for 1\d s/);
    act(() => socket.receive("batch:paused", aBatch({ status: "paused", version: 7 })));
    await waitFor(() => expect(screen.queryByText(/No news for/)).toBeNull());
  });

  it("comes from asking, while nothing arrives by itself", async () => {
    const pass = stopClock();
    const { socket } = await openBatch();
    act(() => socket.drop("transport close"));
    server.answer(BATCH, { batch: aBatch({ version: 8, processed: 70, progress: 70 }) });
    await pass(3500);
    await screen.findByText(/70 of 100 functions/);
  });
});
