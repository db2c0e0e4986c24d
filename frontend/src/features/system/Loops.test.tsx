import { cleanup, render, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import type { Loop } from "../../core/wire";
import { Loops } from "./Loops";

const NOW = Date.parse("2026-01-01T12:00:00Z");

const aLoop = (values: Partial<Loop>): Loop => ({
  name: "feed",
  seconds: 1,
  runs: 7,
  failures: 0,
  lastRunAt: "2026-01-01T11:59:58Z",
  lastError: "",
  lastErrorAt: null,
  isOverdue: false,
  ...values,
});

const show = (loops: Loop[]) => render(<Loops loops={loops} now={NOW} />);

describe("Loops", () => {
  afterEach(cleanup);

  it("is one line where all is well, and names each loop with its last run when it is opened", () => {
    const { container } = show([aLoop({}), aLoop({ name: "chat", lastRunAt: null })]);
    expect(container.querySelector("summary")?.textContent).toBe("2 loops");
    const [first, second] = screen.getAllByRole("listitem", { hidden: true });
    expect(first?.textContent).toBe("feedjust now");
    expect(first?.querySelector("time")?.dateTime).toBe("2026-01-01T11:59:58Z");
    expect(second?.textContent).toBe("chatnot yet");
  });

  it("says in its line what is overdue and how many errors there were", () => {
    const { container } = show([
      aLoop({ isOverdue: true, lastRunAt: "2026-01-01T11:58:00Z" }),
      aLoop({
        name: "chat",
        failures: 2,
        lastError: "KeyError: 'a'",
        lastErrorAt: "2026-01-01T11:55:00Z",
      }),
    ]);
    expect(container.querySelector("summary")?.textContent).toBe("2 loops1 overdue2 errors");
    const [first, second] = screen.getAllByRole("listitem", { hidden: true });
    expect(first?.textContent).toBe("feedoverdue2 min ago");
    expect(
      second && within(second).getByText("2 errors, the last 5 min ago: KeyError: 'a'"),
    ).toBeTruthy();
  });

  it("is nothing where a process of an older version tells of none", () => {
    expect(show([]).container.innerHTML).toBe("");
  });
});
