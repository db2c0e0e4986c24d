// Node's Socket.IO as `benchmarks/relay.py` runs it.
//   node node.mjs server PORT               relays what comes over Redis, until it is ended
//   node node.mjs emitter                   a line "COUNT PAUSE_MS" on its input: sends so many events
//   node node.mjs record ROOM EVENT DATA    prints channel and message of one event, as the emitter forms it
import { createServer } from "node:http";
import { createInterface } from "node:readline";

import { createAdapter } from "@socket.io/redis-adapter";
import { Emitter } from "@socket.io/redis-emitter";
import { Redis } from "ioredis";
import { Server } from "socket.io";

const connect = () => new Redis(process.env.REDIS_URL);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function serve(port) {
  const http = createServer();
  const server = new Server(http, { adapter: createAdapter(connect(), connect()), transports: ["websocket"] });
  server.on("connection", (socket) => socket.join(socket.handshake.auth.rooms ?? []));
  http.listen(port, "127.0.0.1");
}

async function emit() {
  const redis = connect();
  const emitter = new Emitter(redis);
  await redis.ping();
  console.log("ready");
  for await (const line of createInterface({ input: process.stdin })) {
    const [count, milliseconds] = line.split(" ").map(Number);
    for (let number = 0; number < count; number += 1) {
      const data = { number, sentNs: Number(process.hrtime.bigint()) };
      emitter.to("dashboard").emit("bench:tick", data);
      await pause(milliseconds);
    }
  }
  redis.disconnect();
}

function record([room, event, data]) {
  const publish = (channel, message) => {
    console.log(JSON.stringify([channel, Buffer.from(message).toString("base64")]));
  };
  const emitter = new Emitter({ publish });
  (room ? emitter.to(room) : emitter).emit(event, JSON.parse(data));
}

const [, , role, ...rest] = process.argv;
if (role === "server") serve(Number(rest[0]));
else if (role === "emitter") await emit();
else record(rest);
