import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
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
import { aBatch, aTick } from "../../testing/batches";
import { aNode, inList } from "../../testing/catalog";
import { openPage } from "../../testing/pages";
import { anAdmin, logIn } from "../../testing/people";
import { server } from "../../testing/server";

const TREE = "GET /api/functions/index";
const BELOW = "GET /api/functions/nodes/:id/children";
const NODE = "GET /api/functions/nodes/:id";
const SEARCH = "GET /api/functions/search";

const linkTo = (name: string) => screen.findByRole("link", { name });
const changed = (added = 0, modified = 0, deleted = 0) => ({
  changes: { added, modified, deleted },
  updatedAt: "2026-11-24T10:00:00Z",
});

describe("the tree of the catalog", () => {
  it("says that it is loading until the nodes are there", async () => {
    const release = server.hold(TREE);
    server.answer(TREE, { nodes: [inList("fin", "Finance")], hasMore: false });
    await openPage("/catalog");
    expectLoading("the nodes");
    await expectAccessible();
    release();
    await linkTo("Finance");
    expectLoaded("the nodes");
  });

  it("says that the catalog is empty, and leads to what fills it", async () => {
    await openPage("/catalog");
    await screen.findByText(/The catalog is empty/);
    const link = await linkTo("Import a file");
    expect(link.getAttribute("href")).toBe("/batches/new?operation=import");
    await expectAccessible();
  });

  it("tells why it could not be loaded, and loads it when asked again", async () => {
    server.fail(TREE, 503, "The database is away");
    await openPage("/catalog");
    await findProblem("The database is away");
    await expectAccessible();
    server.answer(TREE, { nodes: [inList("fin", "Finance")], hasMore: false });
    press("Try again");
    await linkTo("Finance");
    await expectFocusKept();
  });

  it("opens a node, and goes on with more of them", async () => {
    server.answer(TREE, { nodes: [inList("fin", "Finance", 200)], hasMore: false });
    server.answer(BELOW, ({ query }) =>
      query.offset === "0"
        ? { nodes: [inList("fin.pay", "Pay an invoice")], hasMore: true }
        : { nodes: [inList("fin.tax", "Pay a tax")], hasMore: false },
    );
    await openPage("/catalog");
    await linkTo("Finance");
    press("Open Finance");
    await linkTo("Pay an invoice");
    await expectAccessible();
    press("More");
    await linkTo("Pay a tax");
    expect(screen.queryByRole("button", { name: "More" })).toBeNull();
    press("Close Finance");
    expect(screen.queryByRole("link", { name: "Pay a tax" })).toBeNull();
  });

  it("keeps what it shows where more cannot be loaded, and tries again when asked", async () => {
    server.answer(TREE, { nodes: [inList("fin", "Finance")], hasMore: true });
    await openPage("/catalog");
    await linkTo("Finance");
    server.cut(TREE);
    press("More");
    await findProblem("The server cannot be reached");
    await linkTo("Finance");
    server.answer(TREE, { nodes: [inList("hr", "Staff")], hasMore: false });
    press("Try again");
    await linkTo("Staff");
    await linkTo("Finance");
    await expectFocusKept();
  });

  it("keeps what is open where a change cannot be loaded, and says so", async () => {
    server.answer(TREE, { nodes: [inList("fin", "Finance", 1)], hasMore: false });
    server.answer(BELOW, { nodes: [inList("fin.pay", "Pay an invoice")], hasMore: false });
    const { socket } = await openPage("/catalog");
    await linkTo("Finance");
    press("Open Finance");
    await linkTo("Pay an invoice");
    server.fail(TREE, 503, "The database is away");
    act(() => socket.receive("catalog:update", changed(2, 1, 1)));
    await screen.findByText("The catalog has just changed: 2 added, 1 changed, 1 removed");
    await findProblem("The database is away");
    await linkTo("Pay an invoice");
  });

  it("shows a change as it comes, and says where there was none", async () => {
    server.answer(TREE, { nodes: [inList("fin", "Finance")], hasMore: false });
    const { socket } = await openPage("/catalog");
    await linkTo("Finance");
    server.answer(TREE, { nodes: [inList("fin", "Money")], hasMore: false });
    act(() => socket.receive("catalog:reload", changed()));
    await screen.findByText("The catalog was just loaded anew; nothing has changed");
    await linkTo("Money");
  });
});

describe("a node of the catalog", () => {
  it("says that one is to be chosen, and which one is loading", async () => {
    const release = server.hold(NODE);
    server.answer(TREE, { nodes: [inList("fin.pay", "Pay")], hasMore: false });
    await openPage("/catalog");
    const node = screen.getByRole("region", { name: "Node" });
    expect(node.textContent).toBe("Choose a node to see what is known of it.");
    click(await linkTo("Pay"));
    await screen.findByText("Loading the node");
    await expectAccessible();
    release();
    await screen.findByRole("heading", { name: "Pay an invoice" });
    expect(within(node).getByText("not yet")).toBeDefined();
    expect(within(node).getByRole("link", { name: "Finance" })).toBeDefined();
    expect(within(node).queryByText("Summary")).toBeNull();
    await expectAccessible();
  });

  it("tells why it could not be loaded, and loads it when asked again", async () => {
    server.fail(NODE, 503, "The database is away");
    await openPage("/catalog?node=fin.pay");
    await findProblem("The database is away");
    server.answer(NODE, aNode());
    press("Try again");
    await screen.findByRole("heading", { name: "Pay an invoice" });
  });

  it("says that it is gone, which no other attempt would change", async () => {
    server.fail(NODE, 404, "There is no such node");
    await openPage("/catalog?node=fin.pay");
    await findProblem("There is no such node");
    expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  });

  it("stays where a change of it cannot be loaded", async () => {
    const { socket } = await openPage("/catalog?node=fin.pay");
    await screen.findByRole("heading", { name: "Pay an invoice" });
    server.fail(NODE, 503, "The database is away");
    act(() => socket.receive("catalog:update", changed(0, 1)));
    await findProblem("The database is away");
    expect(screen.getByRole("heading", { name: "Pay an invoice" })).toBeDefined();
  });
});

describe("the search in the catalog", () => {
  it("looks for what was typed, says that it does, and how much it has found", async () => {
    const release = server.hold(SEARCH);
    server.answer(SEARCH, {
      nodes: [inList("fin.pay", "Pay an invoice")],
      total: 1,
      facets: { kind: { function: 1 } },
    });
    const pass = stopClock();
    await openPage("/catalog");
    fillIn("Search the catalog", " pay ");
    await pass(300);
    await screen.findByText("Loading what was found");
    await expectAccessible();
    release();
    await screen.findByText("1 node");
    expect(server.asked(SEARCH).map(({ query }) => query.q)).toEqual(["pay"]);
    await expectAccessible();
    fillIn("Search the catalog", "");
    await pass(300);
    await waitFor(() => expect(screen.queryByText("1 node")).toBeNull());
  });

  it("says that nothing was found, and lets go of the kind that it was narrowed to", async () => {
    const { address } = await openPage("/catalog?q=pay&kind=table");
    await screen.findByText("Nothing was found");
    const kind = screen.getByRole("combobox", { name: "Kind" }) as HTMLInputElement;
    expect(kind.value).toBe("table");
    click(kind);
    click(await screen.findByRole("option", { name: "table" }));
    await waitFor(() => expect(address()).toBe("/catalog?q=pay"));
  });

  it("tells why it failed, and searches when asked again", async () => {
    server.fail(SEARCH, 503, "The database is away");
    await openPage("/catalog?q=pay");
    await findProblem("The database is away");
    server.answer(SEARCH, { nodes: [inList("fin.pay", "Pay")], total: 1, facets: {} });
    press("Try again");
    await screen.findByRole("link", { name: /^Pay/ });
  });
});

describe("what an admin does with the catalog", () => {
  it("is for admins only", async () => {
    await openPage("/catalog");
    expect(screen.queryByRole("button", { name: "Re-index" })).toBeNull();
  });

  it("starts a job once, leads to it, and shows how far it is", async () => {
    logIn(anAdmin);
    const release = server.hold("POST /api/functions/:job");
    server.answer("POST /api/functions/:job", {
      batch: aBatch({ id: "job", batchId: "job", name: "Re-index the catalog", progress: 10 }),
    });
    const { socket } = await openPage("/catalog");
    press("Re-index");
    await waitFor(() =>
      expect(screen.getByRole("button", { name: "Re-index" })).toHaveProperty("disabled", true),
    );
    release();
    const bar = await screen.findByRole("progressbar", { name: /Re-index the catalog/ });
    act(() => socket.receive("batch:progress", aTick({ batchId: "job", progress: 50 })));
    expect(bar.getAttribute("aria-valuenow")).toBe("50");
    expect(bar.closest("a")?.getAttribute("href")).toBe("/batches/job");
    await expectAccessible();
  });

  it("tells why a job did not start, and starts it the next time", async () => {
    logIn(anAdmin);
    server.fail("POST /api/functions/:job", 422, "There is no folder for the catalog");
    await openPage("/catalog");
    press("Reload from files");
    await findProblem("There is no folder for the catalog");
    server.answer("POST /api/functions/:job", { batch: aBatch({ name: "Reload" }) });
    press("Reload from files");
    await screen.findByRole("progressbar", { name: /Reload/ });
    expect(screen.queryByText("There is no folder for the catalog")).toBeNull();
    const keys = server
      .asked("POST /api/functions/:job")
      .map(({ headers }) => headers.get("Idempotency-Key"));
    expect(new Set(keys).size).toBe(2);
  });
});
