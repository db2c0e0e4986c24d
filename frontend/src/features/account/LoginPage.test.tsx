import { fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import {
  click,
  expectAccessible,
  expectFocusOn,
  fillIn,
  findProblem,
  press,
} from "../../testing/acts";
import { aNode } from "../../testing/catalog";
import { openAnyPage, openPage } from "../../testing/pages";
import { ada, loggedIn, logIn } from "../../testing/people";
import { server } from "../../testing/server";

const OPTIONS = "GET /api/auth/options";
const LOGIN = "POST /api/auth/login";
const demo = [{ email: "owner@example.org", password: "demo" }];

function sendLogin(): void {
  fillIn("E-mail address", " ada@example.org ");
  fillIn("Password", "secret");
  press("Log in");
}

describe("the login", () => {
  it("can be used before it is known how else one can log in", async () => {
    const release = server.hold(OPTIONS);
    server.answer(OPTIONS, { local: true, demoAccounts: demo });
    await openAnyPage("/login");
    await expectAccessible();
    expect(screen.getByRole("button", { name: "Log in" })).toBeDefined();
    release();
    await screen.findByRole("heading", { name: /demo accounts/ });
    await expectAccessible();
  });

  it("fills in a demo account at a click", async () => {
    server.answer(OPTIONS, { local: true, demoAccounts: demo });
    await openAnyPage("/login");
    click(await screen.findByRole("button", { name: /owner@example.org/ }));
    expect(screen.getByLabelText("E-mail address")).toHaveProperty("value", "owner@example.org");
    expect(screen.getByLabelText("Password")).toHaveProperty("value", "demo");
  });

  it.each([
    ["elsewhere", () => server.answer(OPTIONS, { local: false, demoAccounts: demo })],
    ["while the server is away", () => server.cut(OPTIONS)],
  ])("offers no demo accounts %s", async (_where, answer) => {
    answer();
    await openAnyPage("/login");
    await waitFor(() => expect(server.asked(OPTIONS)).toHaveLength(1));
    await screen.findByRole("button", { name: "Log in" });
    expect(screen.queryByRole("heading", { name: /demo accounts/ })).toBeNull();
  });

  it("is busy until the server has answered, and goes on to the batches", async () => {
    const release = server.hold(LOGIN);
    const { address } = await openAnyPage("/login");
    sendLogin();
    await waitFor(() =>
      expect(screen.getByRole("button", { name: /Log in/ })).toHaveProperty("disabled", true),
    );
    release();
    await screen.findByRole("heading", { name: "Batches" });
    expect(address()).toBe("/batches");
    expect(server.asked(LOGIN).map(({ body }) => body)).toEqual([
      { email: "ada@example.org", password: "secret" },
    ]);
  });

  it.each([
    ["/catalog?node=fin.pay", "/catalog?node=fin.pay"],
    ["//evil.example/x", "/batches"],
    ["https://evil.example/x", "/batches"],
  ])("goes on to %s only where that is a page of its own", async (next, wanted) => {
    const { address } = await openAnyPage(`/login?next=${encodeURIComponent(next)}`);
    sendLogin();
    await waitFor(() => expect(address()).toBe(wanted));
  });

  it.each([
    [() => server.fail(LOGIN, 401, "The password is wrong"), "The password is wrong"],
    [() => server.fail(LOGIN, 429, "Too many attempts: wait"), "Too many attempts: wait"],
    [() => server.cut(LOGIN), "The server cannot be reached"],
  ])("says why it was refused, and lets one correct the password", async (refuse, message) => {
    refuse();
    await openAnyPage("/login");
    sendLogin();
    await findProblem(message);
    await expectAccessible();
    // A button that was busy has lost the focus in a browser.
    await expectFocusOn(screen.getByLabelText("Password"));
    server.answer(LOGIN, loggedIn(ada));
    fireEvent.submit(screen.getByLabelText("Password"));
    await screen.findByRole("heading", { name: "Batches" });
  });

  it("is passed over by who is logged in", async () => {
    logIn();
    const { address } = await openPage("/login");
    expect(address()).toBe("/batches");
  });
});

describe("a session", () => {
  it("that ended by itself is said to have ended, and the login leads back", async () => {
    const { address } = await openPage("/catalog?node=fin.pay");
    await screen.findByRole("heading", { name: "Pay an invoice" });
    server.fail("GET /api/functions/nodes/:id", 401, "The token has expired");
    server.fail("POST /api/auth/refresh", 401, "The session has ended");
    click(screen.getByRole("link", { name: "Finance" }));
    await screen.findByText("Your session has ended. Log in to go on.");
    expect(screen.getByRole("status").textContent).toContain("Your session has ended");
    expect(address()).toBe(`/login?next=${encodeURIComponent("/catalog?node=fin")}`);
    await expectAccessible();
    server.answer("GET /api/functions/nodes/:id", aNode({ id: "fin", title: "Finance" }));
    sendLogin();
    await screen.findByRole("heading", { name: "Finance" });
  });

  it("that was ended says nothing, and leaves no address to the next user", async () => {
    const { address } = await openPage("/catalog");
    press(/account of Ada Lovelace/);
    click(await screen.findByRole("menuitem", { name: "Log out" }));
    await screen.findByRole("heading", { name: "Log in" });
    expect(address()).toBe("/login");
    expect(screen.queryByText(/Your session has ended/)).toBeNull();
    await waitFor(() => expect(server.asked("POST /api/auth/logout")).toHaveLength(1));
  });

  it("is needed for every page, which the login leads to", async () => {
    const { address } = await openAnyPage("/chat?room=team");
    expect(address()).toBe(`/login?next=${encodeURIComponent("/chat?room=team")}`);
    expect(screen.queryByText(/Your session has ended/)).toBeNull();
  });

  it("is renewed without a word where only its token has run out", async () => {
    server.fail("GET /api/batch/history", 401, "The token has expired");
    server.answer("POST /api/auth/refresh", () => {
      server.answer("GET /api/batch/history", {
        batches: [],
        total: 0,
        limit: 50,
        nextCursor: null,
      });
      return { ...loggedIn(ada), token: "a new one" };
    });
    const { address } = await openPage("/batches");
    await screen.findByRole("heading", { name: "No batches yet" });
    expect(address()).toBe("/batches");
    expect(server.asked("POST /api/auth/refresh")).toHaveLength(1);
  });
});
