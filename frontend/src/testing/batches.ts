import type { Batch, BatchComplete, BatchProgress } from "../core/wire";

/** A running batch, with whatever a test wants otherwise. */
export function aBatch(changes: Partial<Batch> = {}): Batch {
  return {
    id: "b1",
    batchId: "b1",
    operation: "annotate",
    name: "Annotate functions",
    description: "",
    status: "running",
    phase: "running",
    version: 5,
    progress: 40,
    total: 100,
    planned: 100,
    processed: 40,
    successful: 38,
    failed: 2,
    skipped: 0,
    rate: 20,
    etaSeconds: 3,
    message: "",
    error: null,
    redeliveries: 0,
    recoveries: 0,
    options: {},
    filters: null,
    uploadName: null,
    ownerId: "u1",
    maxParallel: 4,
    priority: "normal",
    sealed: true,
    retries: 0,
    retryAttempts: 0,
    timeoutMs: null,
    maxFailures: null,
    createdAt: "2026-11-24T10:00:00Z",
    startedAt: "2026-11-24T10:00:01Z",
    finishedAt: null,
    durationMs: null,
    artifacts: [],
    ...changes,
  };
}

export function aTick(changes: Partial<BatchProgress> = {}): BatchProgress {
  return {
    batchId: "b1",
    version: 6,
    status: "running",
    phase: "running",
    progress: 50,
    processed: 50,
    total: 100,
    planned: 100,
    successful: 47,
    failed: 2,
    skipped: 1,
    retries: 0,
    recoveries: 0,
    redeliveries: 0,
    rate: 22,
    etaSeconds: 2.3,
    message: "",
    timestamp: "2026-11-24T10:00:03Z",
    ...changes,
  };
}

export function anEnd(changes: Partial<BatchComplete> = {}): BatchComplete {
  return {
    batchId: "b1",
    version: 9,
    status: "completed",
    results: { total: 100, successful: 97, failed: 2, skipped: 1 },
    durationMs: 4800,
    artifacts: [],
    timestamp: "2026-11-24T10:00:06Z",
    ...changes,
  };
}
