import { act, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import {
  expectAccessible,
  expectFocusKept,
  expectLoaded,
  expectLoading,
  findProblem,
  press,
} from "../../testing/acts";
import { openPage } from "../../testing/pages";
import { server } from "../../testing/server";
import { aDashboard, anUpdate } from "../../testing/system";

const DASHBOARD = "GET /api/dashboard/metrics";

const figure = (label: string) => screen.getByText(label).nextSibling?.textContent;
const widget = (title: string) =>
  screen.getByRole("heading", { name: title }).closest("section")?.textContent;

describe("the dashboard", () => {
  it("says that it is loading until the figures are there", async () => {
    const release = server.hold(DASHBOARD);
    await openPage("/dashboard");
    expectLoading("the figures");
    expect(screen.queryByText("Not live just now")).toBeNull();
    await expectAccessible();
    release();
    await screen.findByText("Running batches");
    expectLoaded("the figures");
    expect(figure("Running batches")).toBe("3");
    expect(widget("Failed items")).toContain("2.5 %");
    expect(widget("Workers")).toContain("processes on 1 machine");
    expect(screen.getByText("The whole system, once a second")).toBeDefined();
    await expectAccessible();
  });

  it("moves with what it is told, and draws it in words too", async () => {
    const { socket } = await openPage("/dashboard");
    await screen.findByText("Running batches");
    act(() => socket.receive("dashboard:update", anUpdate(1, 7)));
    expect(figure("Running batches")).toBe("7");
    act(() =>
      socket.receive("dashboard:widget-update", {
        widgetId: "workers",
        data: { processes: 0, machines: 0 },
        timestamp: "2026-11-24T10:00:01Z",
      }),
    );
    expect(widget("Workers")).toContain("No worker is running: batches wait.");
    expect(
      screen.getByRole("img", { name: /^CPU: now 30 %, between 30 % and 30 %/ }),
    ).toBeDefined();
  });

  it("says that nothing is unfinished", async () => {
    server.answer(DASHBOARD, aDashboard({ widgets: { batches: {}, failures: {}, workers: {} } }));
    await openPage("/dashboard");
    await screen.findByText("Running batches");
    expect(widget("Unfinished batches")).toContain("None");
    expect(widget("Failed items")).toContain("0 of 0 items");
    await expectAccessible();
  });

  it("tells why it could not be loaded, and loads it when asked again", async () => {
    server.fail(DASHBOARD, 503, "The database is away");
    await openPage("/dashboard");
    await findProblem("The database is away");
    await expectAccessible();
    server.answer(DASHBOARD, aDashboard());
    press("Try again");
    await screen.findByText("Running batches");
    await expectFocusKept();
  });

  it("shows what it is told meanwhile, and claims nothing that it was not", async () => {
    server.fail(DASHBOARD, 503, "The database is away");
    const { socket } = await openPage("/dashboard");
    await findProblem("The database is away");
    act(() => socket.receive("dashboard:update", anUpdate(1)));
    expect(figure("Running batches")).toBe("3");
    await findProblem("The database is away");
    for (const title of ["Unfinished batches", "Failed items", "Workers"]) {
      expect(widget(title)).toBe(`${title}Not known yet`);
    }
    await expectAccessible();
  });

  it("says when it is not live", async () => {
    const { socket } = await openPage("/dashboard");
    await screen.findByText("The whole system, once a second");
    act(() => socket.drop("transport close"));
    await screen.findByText("Not live just now");
    expect(within(screen.getByRole("main")).getByText("Running batches")).toBeDefined();
  });
});
