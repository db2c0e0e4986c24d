import { act, renderHook } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { aBatch } from "../../testing/batches";
import { anOperation } from "../../testing/operations";
import { logIn } from "../../testing/people";
import { server } from "../../testing/server";
import { useBatchForm } from "./useBatchForm";

const CREATE = "POST /api/batch/create";
const operation = anOperation();
const keys = () => server.asked(CREATE).map(({ headers }) => headers.get("Idempotency-Key"));
const accept = () => server.answer(CREATE, { batch: aBatch() });

beforeEach(() => {
  logIn();
  accept();
});

function filledIn() {
  const form = renderHook(() => useBatchForm(operation, undefined)).result;
  act(() => form.current.setText("lines", "a\nb"));
  return form;
}

describe("the form that starts a batch", () => {
  it("sends one request for a double click", async () => {
    const form = filledIn();
    await act(async () => {
      const [first, second] = await Promise.all([form.current.start(), form.current.start()]);
      expect([first?.id, second]).toEqual(["b1", null]);
    });
    expect(keys()).toHaveLength(1);
    expect(keys()[0]).toMatch(/^[0-9a-f-]{32,36}$/);
  });

  it("sends the same key again after an answer was lost", async () => {
    const form = filledIn();
    server.cut(CREATE);
    await act(() => form.current.start());
    server.fail(CREATE, 503, "away");
    await act(() => form.current.start());
    accept();
    await act(() => form.current.start());
    expect(keys()).toHaveLength(3);
    expect(new Set(keys()).size).toBe(1);
  });

  it("takes a new key after any change", async () => {
    const form = filledIn();
    server.cut(CREATE);
    await act(() => form.current.start());
    act(() => form.current.setAdvanced({ priority: "high" }));
    await act(() => form.current.start());
    act(() => form.current.setText("name", "Another"));
    await act(() => form.current.start());
    expect(new Set(keys()).size).toBe(3);
  });

  it("takes a new key after a refusal, which says that nothing was started", async () => {
    const form = filledIn();
    server.fail(CREATE, 409, "used for another request");
    await act(() => form.current.start());
    expect(form.current.message).toBe("used for another request");
    await act(() => form.current.start());
    expect(new Set(keys()).size).toBe(2);
  });

  it("says at its field what is wrong with an advanced setting, and sends nothing", async () => {
    const form = filledIn();
    act(() => form.current.setAdvanced({ maxFailures: "many" }));
    await act(() => form.current.start());
    expect(form.current.errorOf("maxFailures")).toContain("5%");
    expect(form.current.hasAdvancedErrors).toBe(true);
    expect(keys()).toEqual([]);
    act(() => form.current.setAdvanced({ maxFailures: "5%" }));
    expect(form.current.hasAdvancedErrors).toBe(false);
  });
});
