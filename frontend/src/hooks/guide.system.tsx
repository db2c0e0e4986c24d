// The components that the guide shows, written as one would write them, against a server that runs.
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { useCallback, useEffect, useState } from "react";
import { io } from "socket.io-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "../core/api";
import { jsonBody, request } from "../core/http";
import type { WireSocket } from "../core/listen";
import { SERVER_URL } from "../core/server";
import { session } from "../core/session";
import { connection } from "../core/socket";
import type {
  BatchProgress,
  BatchResponse,
  ChatMessage,
  ChatMessageResponse,
  DashboardUpdate,
  WidgetUpdate,
} from "../core/wire";
import { useDashboardWebSocket } from "./useDashboardWebSocket";
import { useBatchUpdates, useChatUpdates, useDashboardUpdates, useWebSocket } from "./useWebSocket";

const PASSWORD = process.env.GUIDE_PASSWORD ?? "";
const WITHIN = { timeout: 10_000 };

type Hear = (event: unknown) => void;

function MyComponent({ userToken, onEvent }: { userToken: string; onEvent: Hear }) {
  const { socket, isConnected, emit, joinRoom } = useWebSocket({
    autoConnect: true,
    token: userToken,
  });
  useEffect(() => {
    if (!socket) return;
    for (const name of ["room-joined", "error", "connect_error"] as const) socket.on(name, onEvent);
  }, [socket, onEvent]);
  useEffect(() => {
    if (isConnected) joinRoom("my-room");
  }, [isConnected, joinRoom]);
  const sendMessage = () => emit("custom-event", { data: "hello" });
  return (
    <button type="button" onClick={sendMessage}>
      Connected: {isConnected ? "Yes" : "No"}
    </button>
  );
}

interface DashboardProps {
  onUpdate: (update: DashboardUpdate) => void;
  onWidget: (update: WidgetUpdate) => void;
}

function DashboardComponent({ onUpdate, onWidget }: DashboardProps) {
  const { isConnected } = useDashboardUpdates(
    (data) => onUpdate(data),
    (data) => onWidget(data),
  );
  return <div>WebSocket: {isConnected ? "🟢" : "🔴"}</div>;
}

function ChatComponent({ log }: { log: (text: string) => void }) {
  const [messages, setMessages] = useState<ChatMessage[]>([]);
  const { isConnected } = useChatUpdates(
    (data) => setMessages((prev) => [...prev, data]),
    (data) => log(`${data.user} is typing: ${data.isTyping}`),
  );
  return (
    <div>
      {isConnected ? "here" : "away"}
      {messages.map((msg) => (
        <p key={msg.id}>{msg.text}</p>
      ))}
    </div>
  );
}

interface TrackerProps {
  batchId: string;
  onComplete: Hear;
  onError: Hear;
}

function BatchTracker({ batchId, onComplete, onError }: TrackerProps) {
  const [progress, setProgress] = useState(0);
  const handleProgress = useCallback((data: BatchProgress) => setProgress(data.progress), []);
  const { isConnected } = useBatchUpdates(batchId, handleProgress, onComplete, onError);
  return (
    <div>
      {isConnected ? "here" : "away"}, progress: {progress}%
    </div>
  );
}

function Dashboard() {
  const { isConnected, lastUpdate, updates, widgetUpdates, clearUpdates } = useDashboardWebSocket();
  return (
    <div>
      <p>Status: {isConnected ? "Connected" : "Disconnected"}</p>
      <p>Last Update: {lastUpdate?.timestamp ?? "none"}</p>
      <p>Kept: {updates.length > 1 ? "several" : "few"}</p>
      <p>Batches: {widgetUpdates.batches ? "known" : "unknown"}</p>
      <button type="button" onClick={clearUpdates}>
        Clear Updates
      </button>
    </div>
  );
}

async function startBatch(items: number): Promise<string> {
  const body = { operation: "sleep", items: Array(items).fill(0), options: { seconds: 0.01 } };
  const { batch } = await request<BatchResponse>("/api/batch/create", jsonBody(body));
  return batch.id;
}

beforeEach(async () => {
  await api.login("owner@example.org", PASSWORD);
});
afterEach(async () => {
  cleanup();
  connection.disconnect();
  await api.logout();
});

describe("useWebSocket", () => {
  it("connects with a token, joins a room and emits", async () => {
    const heard: unknown[] = [];
    const hear = (event: unknown) => heard.push(event);
    render(<MyComponent userToken={session.current()?.token ?? ""} onEvent={hear} />);
    expect(screen.getByRole("button").textContent).toBe("Connected: No");
    await screen.findByText("Connected: Yes", undefined, WITHIN);
    await waitFor(() => expect(heard).toContainEqual({ room: "my-room" }), WITHIN);
    fireEvent.click(screen.getByRole("button"));
    const answer = expect.objectContaining({ code: "unknown_event" });
    await waitFor(() => expect(heard).toContainEqual(answer), WITHIN);
  });

  it("tells of a token that is not accepted", async () => {
    await api.logout();
    const heard: unknown[] = [];
    const hear = (event: unknown) => heard.push(event);
    render(<MyComponent userToken="not a token" onEvent={hear} />);
    const refusal = expect.objectContaining({ message: "Authentication failed" });
    await waitFor(() => expect(heard).toContainEqual(refusal), WITHIN);
    expect(screen.getByRole("button").textContent).toBe("Connected: No");
  });
});

describe("useDashboardUpdates", () => {
  it("calls its handlers with metrics and widgets", async () => {
    const updates: DashboardUpdate[] = [];
    const widgets: string[] = [];
    render(
      <DashboardComponent
        onUpdate={(data) => updates.push(data)}
        onWidget={({ widgetId }) => widgets.push(widgetId)}
      />,
    );
    await screen.findByText("WebSocket: 🟢", undefined, WITHIN);
    await waitFor(() => expect(updates.length).toBeGreaterThan(1), WITHIN);
    expect(updates[0]?.metrics.cpu).toBeGreaterThanOrEqual(0);
    expect(updates[0]?.metrics.memory).toBeGreaterThan(0);
    await startBatch(50);
    await waitFor(() => expect(widgets).toContain("batches"), WITHIN);
  });
});

describe("useChatUpdates", () => {
  it("calls its handlers with messages and with who types", async () => {
    const log = vi.fn();
    render(<ChatComponent log={log} />);
    await screen.findByText("here", undefined, WITHIN);
    const body = jsonBody({ text: "Good morning" });
    await request<ChatMessageResponse>("/api/chat/messages", body);
    await screen.findByText("Good morning", undefined, WITHIN);
    await api.login("other@example.org", PASSWORD);
    const auth = { token: session.current()?.token, rooms: ["chat"] };
    const other: WireSocket = io(SERVER_URL, { auth, forceNew: true, transports: ["websocket"] });
    await new Promise<unknown>((done) => other.on("welcome", done));
    other.emit("chat:typing", { isTyping: true });
    await waitFor(() => expect(log).toHaveBeenCalledWith("other is typing: true"), WITHIN);
    other.disconnect();
    await waitFor(() => expect(log).toHaveBeenCalledWith("other is typing: false"), WITHIN);
  });
});

describe("useBatchUpdates", () => {
  it("follows a batch to its end", async () => {
    const [completed, failed] = [vi.fn(), vi.fn()];
    const batchId = await startBatch(200);
    render(<BatchTracker batchId={batchId} onComplete={completed} onError={failed} />);
    await screen.findByText(/^here, progress: (?!0%)/, undefined, WITHIN);
    await screen.findByText("here, progress: 100%", undefined, WITHIN);
    await waitFor(() => expect(completed).toHaveBeenCalledTimes(1), WITHIN);
    const results = { total: 200, successful: 200, failed: 0, skipped: 0 };
    expect(completed).toHaveBeenCalledWith(expect.objectContaining({ batchId, results }));
    expect(failed).not.toHaveBeenCalled();
  });
});

describe("useDashboardWebSocket", () => {
  it("keeps what was told until it is cleared", async () => {
    render(<Dashboard />);
    await screen.findByText("Status: Connected", undefined, WITHIN);
    await screen.findByText("Kept: several", undefined, WITHIN);
    await startBatch(50);
    await screen.findByText("Batches: known", undefined, WITHIN);
    expect(screen.queryByText("Last Update: none")).toBeNull();
    fireEvent.click(screen.getByRole("button"));
    expect(screen.getByText("Last Update: none")).toBeTruthy();
    expect(screen.getByText("Batches: unknown")).toBeTruthy();
  });
});
