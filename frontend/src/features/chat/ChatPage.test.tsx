import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { ChatMessage } from "../../core/wire";
import {
  expectAccessible,
  expectFocusKept,
  expectLoaded,
  expectLoading,
  fillIn,
  findProblem,
  press,
  stopClock,
} from "../../testing/acts";
import { aMessage } from "../../testing/chat";
import { openPage } from "../../testing/pages";
import { server } from "../../testing/server";

const MESSAGES = "GET /api/chat/messages";
const ROOMS = "GET /api/chat/rooms";

const history = (messages: ChatMessage[], nextBefore: number | null = null) => ({
  messages,
  nextBefore,
});
const log = () => within(screen.getByRole("log", { name: "Messages" }));
const said = () =>
  log()
    .queryAllByRole("article")
    .map((article) => article.querySelector("p")?.textContent);
const say = (text: string) => {
  fillIn("Message", text);
  press("Send");
};

describe("the conversation", () => {
  it("says that it is loading until the messages are there", async () => {
    const release = server.hold(MESSAGES);
    server.answer(MESSAGES, history([aMessage(2), aMessage(1)]));
    await openPage("/chat");
    expectLoading("the messages");
    await expectAccessible();
    release();
    await log().findByText("text 2");
    expectLoaded("the messages");
    expect(said()).toEqual(["text 1", "text 2"]);
    await expectAccessible();
  });

  it("says that nobody has said anything, until somebody does", async () => {
    const { socket } = await openPage("/chat");
    await log().findByText("Nobody has said anything yet. Say hello.");
    act(() => socket.receive("chat:message", aMessage(1)));
    await waitFor(() => expect(said()).toEqual(["text 1"]));
    expect(log().queryByText(/Nobody has said anything/)).toBeNull();
  });

  it("tells why it could not be loaded, and loads it when asked again", async () => {
    server.fail(MESSAGES, 503, "The database is away");
    await openPage("/chat");
    await findProblem("The database is away");
    await expectAccessible();
    server.answer(MESSAGES, history([aMessage(1)]));
    press("Try again");
    await log().findByText("text 1");
    await expectFocusKept();
  });

  it("goes back page by page, and says why it cannot", async () => {
    server.answer(MESSAGES, history([aMessage(5)], 5));
    await openPage("/chat");
    await log().findByText("text 5");
    server.cut(MESSAGES);
    press("Older messages");
    await findProblem("The server cannot be reached");
    expect(said()).toEqual(["text 5"]);
    server.answer(MESSAGES, history([aMessage(4)]));
    press("Try again");
    await log().findByText("text 4");
    expect(said()).toEqual(["text 4", "text 5"]);
    expect(server.asked(MESSAGES).map(({ query }) => query.before)).toEqual([undefined, "5", "5"]);
    await expectFocusKept();
  });

  it("says who types, and when nobody does any more", async () => {
    const { socket } = await openPage("/chat");
    const type = (user: string, isTyping = true) =>
      act(() => socket.receive("chat:typing", { room: "chat", userId: user, user, isTyping }));
    type("Ada");
    expect(screen.getByText("Ada is typing").getAttribute("role")).toBe("status");
    type("Grace");
    expect(screen.getByText("Ada and Grace are typing")).toBeDefined();
    for (const user of ["Alan", "Edsger"]) type(user);
    expect(screen.getByText("Several people are typing")).toBeDefined();
    for (const user of ["Ada", "Grace", "Alan", "Edsger"]) type(user, false);
    expect(screen.queryByText(/typing/)).toBeNull();
  });
});

describe("what one says", () => {
  it("is shown as being sent until it comes back", async () => {
    const { socket } = await openPage("/chat");
    const send = screen.getByRole("button", { name: "Send" }) as HTMLButtonElement;
    expect(send.disabled).toBe(true);
    say(" hello ");
    expect(log().getByText("Sending")).toBeDefined();
    expect(screen.getByLabelText("Message")).toHaveProperty("value", "");
    const [, sent] = socket.sent.find(([name]) => name === "chat:message") as [string, ChatMessage];
    expect(sent.text).toBe("hello");
    act(() => socket.receive("chat:message", aMessage(7, { ...sent, user: "Ada" })));
    expect(log().queryByText("Sending")).toBeNull();
    expect(said()).toEqual(["hello"]);
  });

  it("is sent by Enter, and not by Shift and Enter", async () => {
    await openPage("/chat");
    fillIn("Message", "hello");
    fireEvent.keyDown(screen.getByLabelText("Message"), { key: "Enter", shiftKey: true });
    expect(said()).toEqual([]);
    fireEvent.keyDown(screen.getByLabelText("Message"), { key: "Enter" });
    expect(said()).toEqual(["hello"]);
  });

  it("is said not to have been sent where there is no connection, and can be sent again", async () => {
    const { socket } = await openPage("/chat");
    act(() => socket.drop("transport close"));
    expect((screen.getByLabelText("Message") as HTMLTextAreaElement).placeholder).toBe(
      "Not connected",
    );
    say("hello");
    await findProblem(/Not sent: Not connected/);
    await expectAccessible();
    act(() => void socket.connect());
    press("Try again");
    await log().findByText("Sending");
    await expectFocusKept();
    expect(said()).toEqual(["hello"]);
  });

  it("must not be too long", async () => {
    await openPage("/chat");
    fillIn("Message", "x".repeat(4003));
    expect(screen.getByText("3 characters too many")).toBeDefined();
    expect(screen.getByRole("button", { name: "Send" })).toHaveProperty("disabled", true);
    fireEvent.keyDown(screen.getByLabelText("Message"), { key: "Enter" });
    expect(said()).toEqual([]);
  });
});

describe("the rooms", () => {
  const rooms = () =>
    within(screen.getByRole("navigation", { name: "Chat rooms" }))
      .getAllByRole("link")
      .map((link) => link.textContent);

  it("are those that are known, with the common one and one's own, until the answer comes", async () => {
    const release = server.hold(ROOMS);
    server.answer(ROOMS, { rooms: [{ room: "chat:team", lastMessageAt: null }] });
    await openPage("/chat?room=mine");
    expect(rooms()).toEqual(["Everybody", "mine"]);
    release();
    await screen.findByRole("link", { name: "team" });
    expect(screen.getByRole("link", { name: "mine", current: "page" })).toBeDefined();
  });

  it("tell why they could not be loaded, and are loaded when asked again", async () => {
    server.fail(ROOMS, 503, "The database is away");
    await openPage("/chat");
    await findProblem("The database is away");
    await expectAccessible();
    server.answer(ROOMS, { rooms: [{ room: "chat:team", lastMessageAt: null }] });
    press("Try again");
    await screen.findByRole("link", { name: "team" });
  });

  it("leave that message where it is", async () => {
    const pass = stopClock();
    server.fail(ROOMS, 503, "The database is away");
    await openPage("/chat");
    await findProblem("The database is away");
    await pass(30_000);
    expect(server.asked(ROOMS)).toHaveLength(1);
  });

  it("are opened by a name, which must be one", async () => {
    const { address } = await openPage("/chat");
    fillIn("Name of a room", "a/b");
    press("Open");
    expect(screen.getByText("Only letters and digits, and inside . _ - @")).toBeDefined();
    expect(screen.getByLabelText("Name of a room").getAttribute("aria-invalid")).toBe("true");
    fillIn("Name of a room", "month end");
    expect(screen.queryByText(/Only letters/)).toBeNull();
    press("Open");
    await waitFor(() => expect(address()).toBe("/chat?room=month-end"));
    expect(server.asked(MESSAGES).at(-1)?.query.room).toBe("chat:month-end");
  });
});
