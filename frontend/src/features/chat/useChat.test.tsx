import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "../../core/api";
import { aMessage } from "../../testing/chat";
import { connect } from "../../testing/connection";
import type { FakeSocket } from "../../testing/socket";
import { useChatRoom } from "./useChatRoom";
import { useChatUpdates } from "./useChatUpdates";

let socket: FakeSocket;

beforeEach(() => {
  socket = connect();
});

describe("useChatUpdates", () => {
  it("joins the room and tells what is said in it, and in no other", () => {
    const said: string[] = [];
    const typing: boolean[] = [];
    const { unmount } = renderHook(() =>
      useChatUpdates(
        ({ text }) => said.push(text),
        ({ isTyping }) => typing.push(isTyping),
      ),
    );
    socket.receive("chat:message", aMessage(1));
    socket.receive("chat:message", aMessage(2, { room: "chat:team" }));
    socket.receive("chat:typing", { room: "chat", userId: "u1", user: "Ada", isTyping: true });
    expect(said).toEqual(["text 1"]);
    expect(typing).toEqual([true]);
    unmount();
    expect(socket.sent).toEqual([
      ["join-room", { room: "chat" }],
      ["leave-room", { room: "chat" }],
    ]);
  });
});

describe("useChatRoom", () => {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={new QueryClient()}>{children}</QueryClientProvider>
  );

  it("shows each message once, also where it is in the history and comes over the socket", async () => {
    vi.spyOn(api, "chatMessages").mockResolvedValue({
      success: true,
      messages: [aMessage(2), aMessage(1)],
      nextBefore: null,
    });
    const { result } = renderHook(() => useChatRoom("chat"), { wrapper });
    act(() => socket.receive("chat:message", aMessage(3)));
    await waitFor(() => expect(result.current.messages).toHaveLength(3));
    act(() => socket.receive("chat:message", aMessage(2)));
    expect(result.current.messages.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  it("shows what is being sent at once, and why it was not sent", async () => {
    vi.spyOn(api, "chatMessages").mockResolvedValue({
      success: true,
      messages: [],
      nextBefore: null,
    });
    const { result } = renderHook(() => useChatRoom("chat"), { wrapper });
    act(() => result.current.send("hello"));
    const [message] = result.current.outgoing;
    expect(message).toMatchObject({ text: "hello", problem: "" });
    const sent = socket.sent.at(-1) as unknown[];
    expect(sent[1]).toEqual({ room: "chat", text: "hello", clientId: message?.clientId });
    act(() =>
      (sent[2] as (late: null, answer: object) => void)(null, { success: false, error: "No" }),
    );
    expect(result.current.outgoing).toMatchObject([{ problem: "No" }]);
    act(() => message && result.current.retry(message));
    act(() => socket.receive("chat:message", aMessage(9, { clientId: message?.clientId ?? null })));
    expect(result.current.outgoing).toEqual([]);
    expect(result.current.messages.map(({ id }) => id)).toEqual([9]);
  });
});
