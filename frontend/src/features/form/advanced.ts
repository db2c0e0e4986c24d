import { formatCount, formatDuration } from "../../core/format";
import { isEmpty } from "../../core/schema";
import type { Batch, CreateRequest, Priority } from "../../core/wire";
import { describeLimit } from "../batches/describe";

/** How a batch is run, whatever its operation; as it stands in the form, where empty means the usual. */
export interface Advanced {
  priority: Priority;
  /** A count, or a share such as "5%". */
  maxFailures: string;
  retryAttempts: number | string;
  timeoutSeconds: number | string;
  /** Ids of the batches to wait for. */
  dependsOn: string[];
}

/** The rules of the server, in tasks/engine/requests.py. */
export const MAX_RETRIES = 10;
export const MAX_TIMEOUT_SECONDS = 86_400;
export const MAX_DEPENDENCIES = 50;
const MIN_TIMEOUT_SECONDS = 0.001;

const COUNT = /^\d{1,15}$/;
const PERCENT = /^(\d{1,3}(?:\.\d{1,4})?)\s*%$/;

/** What the form begins with: the settings of the template, but not what that one had to wait for. */
export function initialAdvanced(template: Batch | undefined): Advanced {
  return {
    priority: template?.priority ?? "normal",
    maxFailures: String(template?.maxFailures ?? ""),
    retryAttempts: template?.retryAttempts ?? "",
    timeoutSeconds: template?.timeoutMs ? template.timeoutMs / 1000 : "",
    dependsOn: [],
  };
}

/** What is wrong, by the names that the server gives to the fields. */
export function validateAdvanced(advanced: Advanced): Record<string, string> {
  const { maxFailures, retryAttempts, timeoutSeconds, dependsOn } = advanced;
  const problems = {
    maxFailures: problemWithLimit(maxFailures.trim()),
    retryAttempts: problemWithRetries(retryAttempts),
    timeoutMs: problemWithTimeout(timeoutSeconds),
    dependsOn: dependsOn.length > MAX_DEPENDENCIES ? `At most ${MAX_DEPENDENCIES}` : undefined,
  };
  return Object.fromEntries(
    Object.entries(problems).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function problemWithLimit(text: string): string | undefined {
  if (text === "" || COUNT.test(text)) return undefined;
  const percent = PERCENT.exec(text)?.[1];
  if (percent === undefined) return "Enter a count such as 20, or a share such as 5%";
  return Number(percent) > 100 ? "At most 100%" : undefined;
}

function problemWithRetries(value: number | string): string | undefined {
  if (isEmpty(value)) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number)) return "Enter a whole number";
  return number < 0 || number > MAX_RETRIES ? `From 0 to ${MAX_RETRIES}` : undefined;
}

function problemWithTimeout(value: number | string): string | undefined {
  if (isEmpty(value)) return undefined;
  const number = Number(value);
  if (Number.isNaN(number)) return "Enter a number of seconds";
  if (number < MIN_TIMEOUT_SECONDS) return "More than 0 seconds";
  return number > MAX_TIMEOUT_SECONDS ? "At most one day (86,400 seconds)" : undefined;
}

type AdvancedRequest = Pick<
  CreateRequest,
  "priority" | "maxFailures" | "retryAttempts" | "timeoutMs" | "dependsOn"
>;

/** What to send; the usual is left out. */
export function toRequest(advanced: Advanced): AdvancedRequest {
  const { priority, maxFailures, retryAttempts, timeoutSeconds, dependsOn } = advanced;
  const limit = maxFailures.trim();
  return {
    ...(priority === "normal" ? {} : { priority }),
    ...(limit === "" ? {} : { maxFailures: COUNT.test(limit) ? Number(limit) : limit }),
    ...(isEmpty(retryAttempts) ? {} : { retryAttempts: Number(retryAttempts) }),
    ...(isEmpty(timeoutSeconds) ? {} : { timeoutMs: Math.round(Number(timeoutSeconds) * 1000) }),
    ...(dependsOn.length === 0 ? {} : { dependsOn }),
  };
}

/** What is not as usual, in a few words each. */
export function summarise(advanced: Advanced): string[] {
  if (Object.keys(validateAdvanced(advanced)).length > 0) return ["needs a correction"];
  const { priority, maxFailures, retryAttempts, timeoutMs, dependsOn } = toRequest(advanced);
  return [
    priority && `${priority} priority`,
    maxFailures != null && `at most ${describeLimit(maxFailures)} may fail`,
    retryAttempts != null && `${formatCount(retryAttempts, "retries")} per item`,
    timeoutMs && `${formatDuration(timeoutMs / 1000)} per item`,
    dependsOn && `waits for ${formatCount(dependsOn.length, "batches")}`,
  ].filter((part): part is string => Boolean(part));
}
