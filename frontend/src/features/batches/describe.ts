import { isOver } from "../../core/batchStore";
import { formatCount, formatNumber, formatPercent } from "../../core/format";
import { fieldsOf, type ObjectSchema } from "../../core/schema";
import type { Batch, OperationInfo, Priority } from "../../core/wire";

export const PRIORITIES: Record<Priority, string> = { high: "High", normal: "Normal", low: "Low" };

/** How many items may fail: a count, or a share such as "5%". */
export const describeLimit = (limit: number | string): string =>
  typeof limit === "number" ? formatNumber(limit) : limit;

/** A setting of a batch in words: the title of its field, and its value. */
export interface Setting {
  name: string;
  title: string;
  value: string;
  isDefault: boolean;
}

/** The values that a batch was started with, named as its form names them. */
export function describeSettings(
  values: Record<string, unknown> | null,
  schema: ObjectSchema | null | undefined,
): Setting[] {
  const fields = new Map(fieldsOf(schema ?? {}).map((field) => [field.name, field]));
  return Object.entries(values ?? {}).map(([name, value]) => {
    const field = fields.get(name);
    const standard = field?.schema.default;
    return {
      name,
      title: field?.title ?? name,
      value: describeValue(value),
      isDefault: field !== undefined && JSON.stringify(value) === JSON.stringify(standard ?? null),
    };
  });
}

export function describeValue(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value === "number") return formatNumber(value);
  if (Array.isArray(value)) return value.length ? value.map(describeValue).join(", ") : "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What a batch works on, in a few words. */
export function describeInput(batch: Batch, operation: OperationInfo | undefined): string {
  if (batch.uploadName) return batch.uploadName;
  const schema = operation?.filtersSchema as ObjectSchema | null | undefined;
  const chosen = describeSettings(batch.filters, schema)
    .filter((setting) => !setting.isDefault && setting.value !== "–")
    .map((setting) =>
      setting.value === "Yes" ? setting.title : `${setting.title}: ${setting.value}`,
    );
  if (chosen.length > 0) return chosen.join(" · ");
  return operation?.input === "filters" ? `All ${operation.itemLabel}` : "";
}

/** What is going on right now, in one line. */
export function describePhase(batch: Batch, itemLabel: string): string {
  if (batch.status === "paused") return describePause(batch, itemLabel);
  if (batch.status === "pending") return batch.message || describeWait(batch);
  if (batch.status === "running" && batch.message) return batch.message;
  if (isOpen(batch)) return isOver(batch) ? "" : "More items may be added";
  if (batch.status === "running" && (batch.total === null || batch.phase === "planning")) {
    return batch.total
      ? `Reading the input: ${formatCount(batch.total, itemLabel)} so far`
      : "Reading the input";
  }
  if (batch.total === null) return "";
  if (batch.status === "completed") return formatCount(batch.processed, itemLabel);
  return `${formatNumber(batch.processed)} of ${formatCount(batch.total, itemLabel)}`;
}

/** How far a batch is, in as few words as there is room for in a title. */
export function describeState(batch: Batch): string {
  if (batch.status === "pending") return "Waiting";
  if (batch.status === "paused") return describePause(batch, "items");
  if (isOver(batch)) return batch.status.charAt(0).toUpperCase() + batch.status.slice(1);
  return isOpen(batch) ? `${formatNumber(batch.processed)} done` : formatPercent(batch.progress);
}

/** Whether items may still be added, so that nobody knows yet how many there will be. */
export const isOpen = (batch: Batch): boolean => !batch.sealed && batch.total === null;

/** For what a batch waits that has not started. */
function describeWait(batch: Batch): string {
  return batch.phase === "waiting"
    ? "Waiting for your other batches to finish"
    : "Waiting for a worker";
}

function describePause(batch: Batch, itemLabel: string): string {
  if (batch.processed === 0) return "Paused before the first item";
  if (batch.total === null) return `Paused after ${formatCount(batch.processed, itemLabel)}`;
  return `Paused at ${formatPercent(batch.progress).replace(/\.\d/, "")}`;
}

/** Why a batch could not go on: a few words, and then the reason. */
export function describeProblem(batch: Batch): { title: string; reason: string } | null {
  if (!batch.error) return null;
  const { code, message } = batch.error;
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
  switch (code) {
    case "failure_limit":
      return {
        title: "Stopped at the failure limit.",
        reason: `${sentence}${describeRest(batch)}`,
      };
    case "dependency_failed":
      return { title: "Not started.", reason: sentence };
    default:
      return { title: "The batch could not go on.", reason: sentence };
  }
}

function describeRest({ total, processed }: Batch): string {
  const left = (total ?? processed) - processed;
  if (left <= 0) return "";
  return left === 1 ? " One more was not done." : ` The other ${formatNumber(left)} were not done.`;
}

/** How often items were tried again, or nothing if none was. */
export function describeRetries({ retries }: Batch): string | null {
  if (retries === 0) return null;
  if (retries === 1) return "One item was tried again after an error that may pass by itself.";
  return `Items were tried again ${formatNumber(retries)} times after errors that may pass by themselves.`;
}

/** What went wrong around the batch and did no harm, or nothing if all went well. */
export function describeAbsorbed({ recoveries, redeliveries }: Batch): string | null {
  const parts = [
    recoveries > 0 && `${formatCount(recoveries, "parts")} taken over from a lost worker`,
    redeliveries > 0 && `${formatCount(redeliveries, "redeliveries")} absorbed`,
  ].filter(Boolean);
  return parts.length > 0 ? `${parts.join(" · ")}. No item was counted twice.` : null;
}

/** How a batch ended, in one sentence for a notification. */
export function describeEnd(batch: Batch): string {
  const failed = batch.failed > 0 ? `, ${formatNumber(batch.failed)} failed` : "";
  const skipped = batch.skipped > 0 ? `, ${formatNumber(batch.skipped)} skipped` : "";
  const counts = `${formatNumber(batch.successful)} successful${failed}${skipped}`;
  return batch.status === "failed" ? (batch.error?.message ?? "It could not go on") : counts;
}
