import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { batchStore } from "../../core/batchStore";
import type { Batch } from "../../core/wire";
import {
  click,
  expectAccessible,
  expectFocusKept,
  expectLoaded,
  expectLoading,
  fillIn,
  findProblem,
  press,
  stopClock,
} from "../../testing/acts";
import { aBatch } from "../../testing/batches";
import { giveHeights } from "../../testing/layout";
import { show } from "../../testing/pages";
import { aFailureGroup, anItem, someResults } from "../../testing/results";
import { server } from "../../testing/server";
import { useBatch } from "../batches/useBatch";
import { Failures } from "./Failures";
import { ResultsTable } from "./ResultsTable";

const ITEMS = "GET /api/batch/:id/items";
const RESULTS = "GET /api/batch/:id/results";
const ended = aBatch({ status: "completed" });

const itemsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => anItem(first + index));
const page = (items = itemsFrom(0, 2), nextCursor: number | null = null) => ({
  items,
  nextCursor,
  limit: 100,
});
const showTable = (batch: Batch) => show(<ResultsTable batch={batch} itemLabel="rows" />);
const rowOf = (key: string) => screen.findByRole("button", { name: new RegExp(`^${key}`) });

beforeEach(giveHeights);

describe("the table of results", () => {
  it("says that it is loading until the results are there", async () => {
    const release = server.hold(ITEMS);
    server.answer(ITEMS, page());
    await showTable(ended);
    expectLoading("the results");
    await expectAccessible();
    release();
    await rowOf("item-1");
    expectLoaded("the results");
    await expectAccessible();
  });

  it.each<[string, Batch, string]>([
    ["runs", aBatch(), "Results appear here as soon as the first of them are done."],
    ["has ended", ended, "There are no results."],
  ])("says that there are none where the batch %s", async (_state, batch, words) => {
    await showTable(batch);
    await screen.findByText(words);
    await expectAccessible();
  });

  it("says what it is narrowed to where nothing is left of it", async () => {
    const pass = stopClock();
    server.answer(ITEMS, ({ query }) => page(query.outcome || query.q ? [] : undefined));
    await showTable(ended);
    await rowOf("item-0");
    press("Skipped 0");
    await screen.findByText("No skipped rows.");
    fillIn("Find rows by key", "xyz");
    await pass(500);
    await screen.findByText("No rows whose key contains “xyz”.");
    expect(server.asked(ITEMS).at(-1)?.query).toMatchObject({ outcome: "skipped", q: "xyz" });
    press("All 40");
    fillIn("Find rows by key", "");
    await pass(500);
    await rowOf("item-0");
  });

  it("tells why they could not be loaded, and loads them when asked again", async () => {
    server.fail(ITEMS, 503, "The database is away");
    await showTable(ended);
    await findProblem("The database is away");
    server.answer(ITEMS, page());
    press("Try again");
    await rowOf("item-0");
  });

  it("leaves that message where it is while the batch runs", async () => {
    const pass = stopClock();
    server.fail(ITEMS, 503, "The database is away");
    await showTable(aBatch());
    await findProblem("The database is away");
    await pass(20_000);
    expect(screen.getByText("The database is away")).toBeDefined();
    expect(server.asked(ITEMS)).toHaveLength(1);
  });

  it("shows new ones by itself while the batch runs", async () => {
    const pass = stopClock();
    await showTable(aBatch());
    await screen.findByText(/Results appear here/);
    server.answer(ITEMS, page());
    await pass(1000);
    await rowOf("item-0");
  });

  it("opens an item: what came of it, or why it failed", async () => {
    server.answer(
      ITEMS,
      page([
        anItem(0, { result: { businessArea: "Finance", tags: ["a", "b"], isNew: true } }),
        anItem(1, {
          outcome: "failed",
          result: null,
          error: { type: "ItemError", message: "is no number", line: 7, attempts: 3 },
        }),
        anItem(2, { result: null }),
      ]),
    );
    await showTable(ended);
    click(await rowOf("item-0"));
    expect(screen.getByText("Business area")).toBeDefined();
    click(await rowOf("item-1"));
    expect(screen.getByText("Tries").nextSibling?.textContent).toBe("3");
    click(await rowOf("item-2"));
    expect(screen.getByText("No result")).toBeDefined();
    await expectAccessible();
    click(await rowOf("item-2"));
    expect(screen.queryByText("No result")).toBeNull();
  });

  it("loads the next page as one scrolls, by the cursor of the last one", async () => {
    server.answer(ITEMS, ({ query }) =>
      query.cursor === "1" ? page(itemsFrom(2, 1)) : page(itemsFrom(0, 2), 1),
    );
    await showTable(ended);
    await rowOf("item-2");
    expect(server.asked(ITEMS).map(({ query }) => query.cursor)).toEqual(["-1", "1"]);
    // Nobody has asked for it, so that nobody's focus is to be moved to it.
    await act(async () => void (await new Promise(requestAnimationFrame)));
    expect(document.activeElement === document.body).toBe(true);
  });

  it("asks once for a page that cannot be loaded, and again when told to", async () => {
    server.answer(ITEMS, () => {
      server.fail(ITEMS, 403, "It broke");
      return page(itemsFrom(0, 2), 1);
    });
    await showTable(ended);
    await findProblem("It broke");
    await rowOf("item-0");
    await expectAccessible();
    expect(server.asked(ITEMS)).toHaveLength(2);
    server.answer(ITEMS, page(itemsFrom(2, 1)));
    press("Try again");
    await rowOf("item-2");
    await expectFocusKept();
  });
});

function ShownFailures() {
  const batch = useBatch("b1");
  return batch && <Failures batch={batch} />;
}

describe("the failures of a batch", () => {
  const showFailures = (batch: Batch) => {
    batchStore.put(batch);
    return show(<ShownFailures />);
  };
  const nothing = () => expect(screen.queryByRole("heading", { name: "Failures" })).toBeNull();

  it("are not asked for where nothing failed", async () => {
    await showFailures(aBatch({ failed: 0 }));
    nothing();
    expect(server.asked(RESULTS)).toEqual([]);
  });

  it("are said to be loading until they are there, the most frequent kind open", async () => {
    const release = server.hold(RESULTS);
    server.answer(
      RESULTS,
      someResults(aBatch({ status: "completed", failed: 52 }), [
        aFailureGroup({
          count: 50,
          examples: [
            { position: 3, key: "row-4", line: 5, field: "price", rule: "number", message: "“x”" },
          ],
        }),
        aFailureGroup({ fingerprint: "f2", message: "is too long", examples: [] }),
      ]),
    );
    await showFailures(aBatch({ status: "completed", failed: 52 }));
    expectLoading("the failures");
    await expectAccessible();
    release();
    const [first, second] = await screen.findAllByRole("group");
    expect(screen.getByText("52 in 2 kinds")).toBeDefined();
    expect([first, second].map((kind) => (kind as HTMLDetailsElement).open)).toEqual([true, false]);
    const columns = within(first as HTMLElement).getAllByRole("columnheader");
    expect(columns.map(({ textContent }) => textContent)).toEqual([
      "Line",
      "Item",
      "Field",
      "Rule",
      "What happened",
    ]);
    expect(screen.getByText(/and 49 more of this kind/)).toBeDefined();
    await expectAccessible();
  });

  it("tell why they could not be loaded, and are loaded when asked again", async () => {
    server.fail(RESULTS, 503, "The database is away");
    await showFailures(ended);
    await findProblem("The database is away");
    await expectAccessible();
    server.answer(RESULTS, someResults(ended));
    press("Try again");
    await screen.findByText("is no number");
  });

  it("are gone once a retry has taken them back", async () => {
    server.answer(RESULTS, someResults(ended));
    await showFailures(ended);
    await screen.findByText("is no number");
    act(() => void batchStore.put(aBatch({ failed: 1, version: 7 })));
    await waitFor(nothing);
  });
});
