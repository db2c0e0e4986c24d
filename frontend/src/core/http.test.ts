import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, request } from "./http";
import { session } from "./session";

const user = { id: "u1", email: "a@b.c", name: "A", roles: [] };
const tokens = (number: number) => ({
  success: true as const,
  token: `token-${number}`,
  refreshToken: `refresh-${number}`,
  expiresAt: "2030-01-01T00:00:00Z",
  user,
});
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

let calls: { path: string; token: string | null }[];

function answerWith(answer: (path: string, token: string | null) => Response): void {
  calls = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const token = new Headers(init.headers).get("Authorization");
    calls.push({ path, token });
    return answer(path, token);
  });
}

beforeEach(() => session.start(tokens(1)));
afterEach(() => {
  vi.unstubAllGlobals();
  session.end();
});

describe("requests", () => {
  it("renew the token once for all that were refused, and are sent again", async () => {
    answerWith((path, token) => {
      if (path === "/api/auth/refresh") return json(tokens(2));
      return token === "Bearer token-2" ? json({ success: true }) : json({ error: "expired" }, 401);
    });
    await Promise.all([request("/api/a"), request("/api/b")]);
    expect(calls.filter(({ path }) => path === "/api/auth/refresh")).toHaveLength(1);
    expect(session.current()?.token).toBe("token-2");
  });

  it("end the session where the refresh token is refused", async () => {
    answerWith(() => json({ error: "expired" }, 401));
    await expect(request("/api/a")).rejects.toMatchObject({ status: 401 });
    expect(session.current()).toBeNull();
    expect(calls).toHaveLength(2);
  });

  it("keep the session while the server is in trouble", async () => {
    answerWith((path) =>
      path === "/api/auth/refresh" ? json({ error: "away" }, 503) : json({ error: "expired" }, 401),
    );
    await expect(request("/api/a")).rejects.toBeInstanceOf(ApiError);
    expect(session.current()?.token).toBe("token-1");
  });

  it("carry the broken fields of an answer, also those inside a list", async () => {
    const fields = [{ field: "options.labels.2", rule: "string", message: "is no text" }];
    answerWith(() => json({ success: false, error: "wrong", details: { fields } }, 422));
    const error = await request("/api/a").catch((problem: ApiError) => problem);
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).fieldMessage("options.labels")).toBe("is no text");
    expect((error as ApiError).fieldMessage("options.label")).toBeUndefined();
  });

  it("are not sent at all after a logout", async () => {
    answerWith(() => json({ success: true }));
    session.end();
    await expect(request("/api/a")).rejects.toMatchObject({ status: 401 });
    expect(calls).toEqual([]);
  });
});
