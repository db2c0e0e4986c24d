import { useMemo, useRef, useState } from "react";
import { ApiError, api } from "../../core/api";
import { formatBytes } from "../../core/format";
import { RequestKey } from "../../core/idempotency";
import {
  fieldsOf,
  initialValues,
  type ObjectSchema,
  toPayload,
  type Values,
} from "../../core/schema";
import type { Batch, BatchResponse, OperationInfo } from "../../core/wire";
import { type Advanced, initialAdvanced, toRequest, validateAdvanced } from "./advanced";
import { linesOf } from "./lines";
import { validate } from "./validation";

interface Entries {
  options: Values;
  filters: Values;
  lines: string;
  name: string;
  description: string;
  advanced: Advanced;
}

/**
 * The state of the form that starts a batch of one operation.
 *
 * One filling in of the form starts one batch at most, however often it is sent.
 *
 * @param template A batch whose settings the form begins with.
 */
export function useBatchForm(operation: OperationInfo, template: Batch | undefined) {
  const optionFields = useMemo(
    () => fieldsOf(operation.optionsSchema as ObjectSchema),
    [operation],
  );
  const filterFields = useMemo(
    () => fieldsOf((operation.filtersSchema ?? {}) as ObjectSchema),
    [operation],
  );
  const [entries, setEntries] = useState<Entries>(() => ({
    options: { ...initialValues(optionFields), ...withoutNull(template?.options) },
    filters: { ...initialValues(filterFields), ...withoutNull(template?.filters) },
    lines: "",
    name: template && template.name !== operation.title ? template.name : "",
    description: template?.description ?? "",
    advanced: initialAdvanced(template),
  }));
  const [file, setFile] = useState<File | null>(null);
  const [sent, setSent] = useState<number | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState<ApiError | null>(null);
  const key = useRef(new RequestKey());
  const isStarting = useRef(false);

  const set = (change: Partial<Entries>, field: string) => {
    key.current.renew();
    setEntries((old) => ({ ...old, ...change }));
    // What is being corrected is not held against the person any longer.
    setErrors(({ [field]: _, ...rest }) => rest);
    setFailure((old) =>
      old ? new ApiError(old.message, old.status, without(old.fields, field)) : null,
    );
  };

  const check = (): Record<string, string> => ({
    ...prefixed("options", validate(optionFields, entries.options)),
    ...prefixed("filters", validate(filterFields, entries.filters)),
    ...validateAdvanced(entries.advanced),
    ...checkInput(operation, file, entries.lines),
  });

  const send = (): Promise<BatchResponse> => {
    const batch = {
      operation: operation.name,
      name: entries.name.trim(),
      description: entries.description.trim(),
      options: toPayload(optionFields, entries.options),
      ...toRequest(entries.advanced),
    };
    const { current } = key.current;
    const filters = filterFields.length > 0 ? toPayload(filterFields, entries.filters) : undefined;
    if (operation.input === "file" && file) {
      return api.upload({ ...batch, filters }, file, { key: current, onProgress: setSent });
    }
    if (operation.input === "items") {
      return api.create({ ...batch, items: linesOf(entries.lines) }, current);
    }
    return api.create({ ...batch, filters: filters ?? {} }, current);
  };

  /** Starts the batch, or tells what is wrong and gives null. */
  const start = async (): Promise<Batch | null> => {
    // The button shows that it is busy only once that was drawn, which is too late for a double click.
    if (isStarting.current) return null;
    const found = check();
    setErrors(found);
    setFailure(null);
    if (Object.keys(found).length > 0) return null;
    isStarting.current = true;
    setBusy(true);
    try {
      const { batch } = await send();
      key.current.renew();
      // The form stays busy: it has done what it was for, and the page goes on to the batch.
      return batch;
    } catch (problem) {
      const error = problem instanceof ApiError ? problem : new ApiError(String(problem), 0);
      // Only a refusal says that there is no batch; after any other failure there may be one.
      if (error.isFinal) key.current.renew();
      setFailure(error);
      isStarting.current = false;
      setBusy(false);
      setSent(null);
      return null;
    }
  };

  const errorOf = (field: string) => errors[field] ?? failure?.fieldMessage(field);
  const places = [
    ...optionFields.map(({ name }) => `options.${name}`),
    ...filterFields.map(({ name }) => `filters.${name}`),
    ...["file", "items", "name", "description", ...ADVANCED_FIELDS],
  ];
  const hasErrorsInPlace =
    Object.keys(errors).length > 0 || places.some((place) => failure?.fieldMessage(place));
  return {
    optionFields,
    filterFields,
    entries,
    file,
    sent,
    isBusy,
    /** What is to be said about the form as a whole, or nothing. */
    message: hasErrorsInPlace ? "Some entries need a correction." : failure?.message,
    errorOf,
    hasAdvancedErrors: ADVANCED_FIELDS.some(errorOf),
    start,
    setOption: (name: string, value: unknown) =>
      set({ options: { ...entries.options, [name]: value } }, `options.${name}`),
    setFilter: (name: string, value: unknown) =>
      set({ filters: { ...entries.filters, [name]: value } }, `filters.${name}`),
    setText: (name: "name" | "description" | "lines", value: string) =>
      set({ [name]: value }, name === "lines" ? "items" : name),
    setAdvanced: (change: Partial<Advanced>) => {
      const [name = ""] = Object.keys(change);
      const field = name === "timeoutSeconds" ? "timeoutMs" : name;
      set({ advanced: { ...entries.advanced, ...change } }, field);
    },
    setFile: (chosen: File) => {
      key.current.renew();
      setFile(chosen);
      setErrors(({ file: _, ...rest }) => ({ ...rest, ...checkInput(operation, chosen, "") }));
      setFailure(null);
    },
  };
}

/** Those of the section "Advanced", by the server's names. */
const ADVANCED_FIELDS = ["priority", "maxFailures", "retryAttempts", "timeoutMs", "dependsOn"];

function checkInput(
  operation: OperationInfo,
  file: File | null,
  lines: string,
): Record<string, string> {
  if (operation.input === "items") {
    return linesOf(lines).length === 0 ? { items: "Enter at least one line" } : {};
  }
  if (operation.input !== "file") return {};
  if (!file) return { file: "Choose a file" };
  const endings = operation.acceptedFiles;
  const isAccepted =
    endings.length === 0 || endings.some((ending) => file.name.toLowerCase().endsWith(ending));
  if (!isAccepted) return { file: `This kind of file is not accepted: use ${endings.join(", ")}` };
  if (file.size === 0) return { file: "The file is empty" };
  if (file.size > operation.maxUploadBytes) {
    return { file: `The file is larger than ${formatBytes(operation.maxUploadBytes)}` };
  }
  return {};
}

const prefixed = (prefix: string, errors: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(errors).map(([name, message]) => [`${prefix}.${name}`, message]),
  );

const without = <T extends { field: string }>(fields: T[], field: string): T[] =>
  fields.filter((one) => one.field !== field && !one.field.startsWith(`${field}.`));

const withoutNull = (values: Values | null | undefined): Values =>
  Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== null));
