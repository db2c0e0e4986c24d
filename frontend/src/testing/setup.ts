import { notifications } from "@mantine/notifications";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { batchStore } from "../core/batchStore";
import { session } from "../core/session";
import { connection } from "../core/socket";
import { server } from "./server";

// A busy machine takes its time; and the whole document with each failure hides what it says.
configure({
  asyncUtilTimeout: 5000,
  getElementError: (message) => new Error(message?.split("\n")[0]),
});

vi.mock("socket.io-client", () => import("./socket"));

// What happy-dom lacks: inputs that grow with their text measure it anew when a font has come.
Object.defineProperty(document, "fonts", { value: new EventTarget(), configurable: true });

beforeEach(() => {
  server.start();
  // As index.html has them.
  document.documentElement.lang = "en";
  document.title = "Batchwire";
});

// All files share their modules, and these live as long as a page does: each test begins with a new page.
afterEach(async () => {
  cleanup();
  vi.useRealTimers();
  await server.stop();
  connection.disconnect();
  session.end();
  batchStore.clear();
  notifications.clean();
  vi.unstubAllGlobals();
  expect(server.unknown, "requests for paths that the server does not have").toEqual([]);
});
