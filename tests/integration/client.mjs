// The official client, as a page uses it: it prints each event that has a number, and comes back by itself.
import { createRequire } from "node:module";

const [modules, url, token] = process.argv.slice(2);
const { io } = createRequire(modules)("socket.io-client");

let lastEventId;
const socket = io(url, {
  auth: (send) => send({ token, lastEventId }),
  reconnectionDelay: 100,
  reconnectionDelayMax: 500,
  transports: ["websocket", "polling"],
  tryAllTransports: true,
});
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
socket.on("welcome", (welcome) => {
  lastEventId ??= welcome.lastEventId;
  say({ event: "welcome" });
});
socket.on("recovered", (answer) => {
  lastEventId = answer.lastEventId;
  say({ event: "recovered", ...answer });
});
socket.onAny((event, data) => {
  if (!data?.eventId) return;
  lastEventId = data.eventId;
  say({ event, batchId: data.batchId, eventId: data.eventId });
});
socket.on("disconnect", (reason) => {
  if (reason === "io server disconnect") setTimeout(() => socket.connect(), 200);
});
socket.on("connect_error", () => {
  if (!socket.active) setTimeout(() => socket.connect(), 200);
});
