import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { session } from "../../core/session";
import type { OperationInfo } from "../../core/wire";
import { aBatch } from "../../testing/batches";
import { useBatchForm } from "./useBatchForm";

const operation: OperationInfo = {
  name: "sleep",
  title: "Sleep",
  description: "",
  icon: "",
  itemLabel: "items",
  input: "items",
  acceptedFiles: [],
  maxUploadBytes: 1000,
  optionsSchema: {},
  filtersSchema: null,
  timeoutSeconds: null,
  perMinute: null,
};

let keys: (string | null)[];
let answer: () => Promise<Response>;

const json = async (body: unknown, status: number) =>
  new Response(JSON.stringify(body), { status });
const created = () => json({ success: true, batch: aBatch() }, 201);

beforeEach(() => {
  keys = [];
  answer = created;
  vi.stubGlobal("fetch", (_path: string, init: RequestInit) => {
    keys.push(new Headers(init.headers).get("Idempotency-Key"));
    return answer();
  });
  session.start({
    token: "token",
    refreshToken: "refresh",
    expiresAt: "2030-01-01T00:00:00Z",
    user: { id: "u1", email: "a@b.c", name: "A", roles: [] },
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  session.end();
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
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{32,36}$/);
  });

  it("sends the same key again after an answer was lost", async () => {
    const form = filledIn();
    answer = () => Promise.reject(new TypeError("network"));
    await act(() => form.current.start());
    answer = () => json({ error: "away" }, 503);
    await act(() => form.current.start());
    answer = created;
    await act(() => form.current.start());
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  it("takes a new key after any change", async () => {
    const form = filledIn();
    answer = () => Promise.reject(new TypeError("network"));
    await act(() => form.current.start());
    act(() => form.current.setAdvanced({ priority: "high" }));
    await act(() => form.current.start());
    act(() => form.current.setText("name", "Another"));
    await act(() => form.current.start());
    expect(new Set(keys).size).toBe(3);
  });

  it("takes a new key after a refusal, which says that nothing was started", async () => {
    const form = filledIn();
    answer = () => json({ error: "used for another request" }, 409);
    await act(() => form.current.start());
    expect(form.current.message).toBe("used for another request");
    await act(() => form.current.start());
    expect(new Set(keys).size).toBe(2);
  });

  it("says at its field what is wrong with an advanced setting, and sends nothing", async () => {
    const form = filledIn();
    act(() => form.current.setAdvanced({ maxFailures: "many" }));
    await act(() => form.current.start());
    expect(form.current.errorOf("maxFailures")).toContain("5%");
    expect(form.current.hasAdvancedErrors).toBe(true);
    expect(keys).toEqual([]);
    act(() => form.current.setAdvanced({ maxFailures: "5%" }));
    expect(form.current.hasAdvancedErrors).toBe(false);
  });
});
