// BullMQ's worker, and the producer that talks as benchmarks/producer.py does.
//
//     node bullmq.mjs worker
//     node bullmq.mjs producer LOAD COUNT

import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { Queue, Worker } from "bullmq";
import IORedis from "ioredis";

const BUSY_MS = 2;
const COUNTER = "bench:done";
const QUEUE = "bench";
const JOBS_PER_BULK = 1000;
// More jobs at a time hide the way to Redis; the busy ones still run one after the other.
const CONCURRENCY = 50;

const redis = new IORedis(process.env.REDIS_URL, { maxRetriesPerRequest: null });

function work(load) {
  if (load === "busy") {
    const end = performance.now() + BUSY_MS;
    while (performance.now() < end);
  }
}

function runWorker() {
  const run = async (job) => {
    work(job.name);
    await redis.incr(COUNTER);
  };
  new Worker(QUEUE, run, { connection: redis, concurrency: CONCURRENCY });
}

async function runProducer(load, count) {
  const queue = new Queue(QUEUE, { connection: redis });
  await queue.waitUntilReady();
  console.log("ready");
  await once(process.stdin, "data");
  const before = process.cpuUsage();
  const job = { name: load, data: null, opts: { removeOnComplete: true } };
  for (let sent = 0; sent < count; sent += JOBS_PER_BULK) {
    await queue.addBulk(Array(Math.min(JOBS_PER_BULK, count - sent)).fill(job));
  }
  const used = process.cpuUsage(before);
  console.log((used.user + used.system) / 1e6);
  process.stdin.resume();
  await once(process.stdin, "end");
  process.exit(0);
}

const [mode, load, count] = process.argv.slice(2);
if (mode === "worker") runWorker();
else await runProducer(load, Number(count));
