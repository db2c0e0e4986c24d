import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import axe from "axe-core";
import { expect, vi } from "vitest";

/** Stops the clock; what comes back lets so many milliseconds pass, in which all that is due is done. */
export function stopClock(): (milliseconds: number) => Promise<void> {
  // Answers and what is waited for need no more than that it goes on as it does outside.
  vi.useFakeTimers({ shouldAdvanceTime: true });
  return (milliseconds) =>
    act(async () => {
      await vi.advanceTimersByTimeAsync(milliseconds);
    });
}

/** Clicks, with the focus where a click by mouse or keyboard has put it before. */
export function click(element: HTMLElement): void {
  act(() => element.focus());
  fireEvent.click(element);
}

/** Clicks on the button of this name. */
export const press = (name: string | RegExp): void => click(screen.getByRole("button", { name }));

/** Puts a text into an input, which has the focus then, in place of what is there. */
export function typeInto(input: HTMLElement, text: string): void {
  act(() => input.focus());
  fireEvent.change(input, { target: { value: text } });
}

/** Puts a text into the input of this name. */
export const fillIn = (label: string | RegExp, text: string): void =>
  typeInto(screen.getByLabelText(label), text);

/** Whether it is said, also to those who do not see shapes, that something is being loaded. */
export function expectLoading(what: string): void {
  expect(screen.getByText(`Loading ${what}`).closest("[role=status]")).not.toBeNull();
}

export function expectLoaded(what: string): void {
  expect(screen.queryByText(`Loading ${what}`)).toBeNull();
}

/** Waits for the message of an error, which must be read out to those who do not see it. */
export async function findProblem(message: string | RegExp): Promise<void> {
  const text = await screen.findByText(message);
  expect(text.closest("[role=alert]")).not.toBeNull();
}

/** Waits until an element has the focus. */
export const expectFocusOn = (element: HTMLElement | null): Promise<void> =>
  // Compared here, since a difference would be told with the whole document.
  waitFor(() => expect(document.activeElement === element).toBe(true));

/** That the keyboard is somewhere on the page, and not thrown back to its top. */
export const expectFocusKept = (): Promise<void> =>
  waitFor(() => expect(document.activeElement === document.body).toBe(false));

/** What axe finds wrong with all that is shown, each with the first place of it. */
export async function expectAccessible(): Promise<void> {
  const found = await axe.run(document, {
    resultTypes: ["violations"],
    // The way to each element, which takes as long as all the rest and is not told here.
    selectors: false,
    // There are no styles here; tests/e2e measures the contrast in a browser.
    rules: { "color-contrast": { enabled: false } },
  });
  const violations = found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes[0]?.failureSummary} ${nodes[0]?.html}`,
  );
  expect(violations).toEqual([]);
}
