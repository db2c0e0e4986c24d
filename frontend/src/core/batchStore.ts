import type { Batch, BatchComplete, BatchError, BatchProgress } from "./events";
import { Subscribable } from "./subscribable";

export const TERMINAL: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);

/**
 * The newest state of each batch that this page has heard of, from HTTP and from events alike.
 *
 * Whatever is older than what is shown is dropped, so that a bar never goes backwards.
 */
export class BatchStore extends Subscribable<[id: string]> {
  private readonly batches = new Map<string, Batch>();

  readonly get = (id: string): Batch | undefined => this.batches.get(id);

  /** Takes a whole state, unless a newer one is known. */
  put(batch: Batch): void {
    const known = this.batches.get(batch.id);
    if (known && known.version > batch.version) return;
    this.batches.set(batch.id, batch);
    this.notify(batch.id);
  }

  /** Takes a tick; returns false where it says nothing new, or where the batch is not known yet. */
  tick(tick: BatchProgress): boolean {
    return this.merge(tick.batchId, tick.version, {
      startedAt: this.get(tick.batchId)?.startedAt ?? tick.timestamp,
      status: tick.status,
      phase: phaseAfter(tick),
      progress: tick.progress,
      processed: tick.processed,
      total: tick.total,
      successful: tick.successful,
      failed: tick.failed,
      skipped: tick.skipped,
      rate: tick.rate,
      etaSeconds: tick.etaSeconds,
      message: tick.message,
    });
  }

  /** Takes the end of a batch that went through. */
  complete(event: BatchComplete): void {
    const { total, successful, failed, skipped } = event.results;
    this.merge(event.batchId, event.version, {
      status: event.status,
      phase: "done",
      progress: 100,
      processed: successful + failed + skipped,
      total,
      successful,
      failed,
      skipped,
      etaSeconds: null,
      durationMs: event.durationMs,
      finishedAt: event.timestamp,
      artifacts: event.artifacts,
      message: "",
    });
  }

  /** Takes the end of a batch that could not go on. */
  fail(event: BatchError): void {
    if (!event.fatal) return;
    this.merge(event.batchId, event.version, {
      status: "failed",
      phase: "done",
      etaSeconds: null,
      error: { code: event.code, message: event.error },
      message: "",
    });
  }

  clear(): void {
    const ids = [...this.batches.keys()];
    this.batches.clear();
    for (const id of ids) this.notify(id);
  }

  private merge(id: string, version: number, change: Partial<Batch>): boolean {
    const known = this.batches.get(id);
    // The end comes with the same version as the last tick, and adds to it.
    if (!known || known.version > version) return false;
    this.batches.set(id, { ...known, ...change, version });
    this.notify(id);
    return true;
  }
}

function phaseAfter(tick: BatchProgress): Batch["phase"] {
  if (TERMINAL.has(tick.status)) return "done";
  return tick.message && tick.processed === 0 ? "planning" : "running";
}

export const batchStore = new BatchStore();
