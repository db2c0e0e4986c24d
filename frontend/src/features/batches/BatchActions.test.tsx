import { act, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { batchStore } from "../../core/batchStore";
import type { Batch } from "../../core/wire";
import { expectAccessible, expectFocusKept, findProblem, press } from "../../testing/acts";
import { aBatch } from "../../testing/batches";
import { show } from "../../testing/pages";
import { server } from "../../testing/server";
import { BatchActions } from "./BatchActions";
import { useBatch } from "./useBatch";

const ACT = "POST /api/batch/:id/:action";

function Actions() {
  const batch = useBatch("b1");
  return batch && <BatchActions batch={batch} />;
}

async function showActions(changes: Partial<Batch> = {}): Promise<void> {
  batchStore.put(aBatch(changes));
  await show(<Actions />);
}

const offered = () => screen.queryAllByRole("button").map((button) => button.textContent);

describe("what can be done with a batch", () => {
  it.each<[string, Partial<Batch>, string[]]>([
    ["running", {}, ["Pause", "Cancel batch"]],
    ["waiting", { status: "pending" }, ["Pause", "Cancel batch"]],
    ["paused", { status: "paused" }, ["Resume", "Cancel batch"]],
    ["completed", { status: "completed", failed: 0 }, []],
    ["completed with failures", { status: "completed" }, ["Retry failed"]],
    ["failed", { status: "failed" }, ["Retry and continue"]],
    ["cancelled", { status: "cancelled" }, []],
  ])("fits one that is %s", async (_state, changes, names) => {
    await showActions(changes);
    expect(offered()).toEqual(names);
  });

  it("is busy until the server has answered, and then offers what fits the new state", async () => {
    const release = server.hold(ACT);
    server.answer(ACT, { batch: aBatch({ status: "paused", version: 6 }) });
    await showActions();
    press("Pause");
    await waitFor(() => expect(screen.getAllByRole("button", { busy: true })).toHaveLength(1));
    press(/Pause/);
    release();
    await screen.findByRole("button", { name: "Resume" });
    await expectFocusKept();
    expect(server.asked(ACT)).toHaveLength(1);
  });

  it("says why it was refused, and how things are", async () => {
    server.fail(ACT, 409, "It has ended");
    await showActions();
    press("Pause");
    await findProblem("It has ended");
    await screen.findByText("The batch was not paused");
    expect(offered()).toContain("Pause");
  });
});

describe("the question before a batch is cancelled", () => {
  it("says what stays and what will not be done, and can be taken back", async () => {
    await showActions({ total: 3000 });
    press("Cancel batch");
    const dialog = await screen.findByRole("dialog", { name: "Cancel this batch?" });
    expect(dialog.textContent).toContain("what is done stays done, 40 so far");
    expect(dialog.textContent).toContain("The other 2,960 will be left alone");
    await expectAccessible();
    press("Let it run");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await expectFocusKept();
    expect(server.asked(ACT)).toEqual([]);
  });

  it.each<[string, Partial<Batch>, string]>([
    ["nothing was done", { processed: 0 }, "nothing has been done yet"],
    ["the total is unknown", { total: null }, "The rest will be left alone"],
  ])("knows that %s", async (_state, changes, words) => {
    await showActions(changes);
    press("Cancel batch");
    expect((await screen.findByRole("dialog")).textContent).toContain(words);
  });

  it("cancels once it is answered, and is gone", async () => {
    server.answer(ACT, { batch: aBatch({ status: "cancelled", version: 6 }) });
    await showActions({ status: "paused" });
    press("Cancel batch");
    await screen.findByRole("button", { name: "Leave it paused" });
    act(() => screen.getByTestId("confirm-cancel").click());
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(offered()).toEqual([]);
    expect(server.asked(ACT).map(({ path }) => path)).toEqual(["/api/batch/b1/cancel"]);
    await expectFocusKept();
  });

  it("is gone too where it was refused, and the reason is said", async () => {
    server.cut(ACT);
    await showActions();
    press("Cancel batch");
    await screen.findByRole("dialog");
    act(() => screen.getByTestId("confirm-cancel").click());
    await findProblem("The server cannot be reached");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await screen.findByText("The batch was not cancelled");
  });

  it("is gone where the batch has ended meanwhile", async () => {
    await showActions();
    press("Cancel batch");
    await screen.findByRole("dialog");
    act(() => void batchStore.put(aBatch({ status: "completed", version: 9, failed: 0 })));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });
});
