import { Subscribable } from "./subscribable";
import type { Batch, BatchComplete, BatchError, BatchProgress, Status } from "./wire";

export const TERMINAL: ReadonlySet<Status> = new Set(["completed", "failed", "cancelled"]);

export const isOver = (batch: Pick<Batch, "status">): boolean => TERMINAL.has(batch.status);

/**
 * The newest state of each batch that this page has heard of, from HTTP and from events alike.
 *
 * Whatever is older than what is shown is dropped, so that a bar never goes backwards.
 */
export class BatchStore extends Subscribable<[id: string]> {
  private readonly batches = new Map<string, Batch>();
  private readonly heard = new Map<string, number>();

  readonly get = (id: string): Batch | undefined => this.batches.get(id);

  /** When something about the batch last arrived, in milliseconds of this machine's clock. */
  readonly heardAt = (id: string): number | undefined => this.heard.get(id);

  /** Takes a whole state, unless a newer one is known. Returns whether it was taken. */
  put(batch: Batch): boolean {
    const known = this.batches.get(batch.id);
    this.heard.set(batch.id, Date.now());
    if (known && isOlder(batch, known)) return false;
    this.batches.set(batch.id, batch);
    this.notify(batch.id);
    return true;
  }

  /** Takes a tick. Returns false where it says nothing new, or where the batch is not known yet. */
  tick(tick: BatchProgress): boolean {
    const known = this.get(tick.batchId);
    return this.merge(tick.batchId, {
      ...(isOver(tick) ? {} : NOT_ENDED),
      version: tick.version,
      startedAt: known?.startedAt ?? (tick.status === "pending" ? null : tick.timestamp),
      // Ticks do not carry it, but an open batch has no total until it is sealed.
      sealed: known?.sealed || tick.total !== null,
      status: tick.status,
      phase: tick.phase,
      progress: tick.progress,
      processed: tick.processed,
      total: tick.total,
      planned: tick.planned,
      successful: tick.successful,
      failed: tick.failed,
      skipped: tick.skipped,
      retries: tick.retries,
      recoveries: tick.recoveries,
      redeliveries: tick.redeliveries,
      rate: tick.rate,
      etaSeconds: tick.etaSeconds,
      message: tick.message,
    });
  }

  /** Takes the end of a batch that went through. Returns whether it was news. */
  complete(event: BatchComplete): boolean {
    const { total, successful, failed, skipped } = event.results;
    return this.merge(event.batchId, {
      version: event.version,
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

  /** Takes the end of a batch that could not go on. Returns whether it was news. */
  fail(event: BatchError): boolean {
    if (!event.fatal) return false;
    const known = this.batches.get(event.batchId);
    return this.merge(event.batchId, {
      version: event.version,
      status: "failed",
      phase: "done",
      processed: known?.processed ?? 0,
      etaSeconds: null,
      finishedAt: event.timestamp,
      error: { code: event.code, message: event.error },
      message: "",
    });
  }

  clear(): void {
    const ids = [...this.batches.keys()];
    this.batches.clear();
    this.heard.clear();
    for (const id of ids) this.notify(id);
  }

  private merge(id: string, change: Change): boolean {
    const known = this.batches.get(id);
    this.heard.set(id, Date.now());
    if (!known || isOlder(change, known)) return false;
    this.batches.set(id, { ...known, ...change });
    this.notify(id);
    return true;
  }
}

/** What is not true any more, or not yet, of a batch that goes on: `retry` takes the end back. */
const NOT_ENDED = { finishedAt: null, durationMs: null, error: null } as const;

type Change = Partial<Batch> & Pick<Batch, "version" | "status" | "processed">;

/**
 * Whether the news would take the batch backwards.
 *
 * The version decides. Several messages may carry the same one, as the last tick and the end do; of
 * these, one that undoes the end or takes processed items back came late.
 */
function isOlder(news: Change, known: Batch): boolean {
  if (news.version !== known.version) return news.version < known.version;
  return (isOver(known) && !isOver(news)) || news.processed < known.processed;
}

export const batchStore = new BatchStore();
