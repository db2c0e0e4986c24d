import type { OperationInfo } from "./api-types";
import type { Batch } from "./events";
import { formatCount, formatNumber } from "./format";
import { fieldsOf, type ObjectSchema } from "./schema";

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
  if (batch.status === "paused") return "Paused";
  if (batch.status === "pending") return batch.message || "Waiting for a worker";
  if (batch.status === "running") {
    if (batch.message) return batch.message;
    if (batch.total === null || batch.phase === "planning") {
      return batch.total
        ? `Reading the input: ${formatCount(batch.total, itemLabel)} so far`
        : "Reading the input";
    }
  }
  if (batch.total === null) return "";
  if (batch.status === "completed") return formatCount(batch.processed, itemLabel);
  return `${formatNumber(batch.processed)} of ${formatCount(batch.total, itemLabel)}`;
}

/** How a batch ended, in one sentence for a notification. */
export function describeEnd(batch: Batch): string {
  const failed = batch.failed > 0 ? `, ${formatNumber(batch.failed)} failed` : "";
  const skipped = batch.skipped > 0 ? `, ${formatNumber(batch.skipped)} skipped` : "";
  const counts = `${formatNumber(batch.successful)} successful${failed}${skipped}`;
  return batch.status === "failed" ? (batch.error?.message ?? "It could not go on") : counts;
}
