import type { OperationInfo } from "../core/wire";

/** An operation over a list, with whatever a test wants otherwise. */
export function anOperation(changes: Partial<OperationInfo> = {}): OperationInfo {
  return {
    name: "shout",
    title: "Shout",
    description: "Makes each line loud.",
    icon: "bolt",
    itemLabel: "lines",
    input: "items",
    acceptedFiles: [],
    maxUploadBytes: 1000,
    optionsSchema: {},
    filtersSchema: null,
    timeoutSeconds: null,
    perMinute: null,
    ...changes,
  };
}

/** One of each kind: over a list, over the catalog, over a file. */
export const operations: OperationInfo[] = [
  anOperation({
    optionsSchema: {
      properties: {
        mark: { type: "string", title: "Mark", default: "!", maxLength: 3 },
        times: { type: "integer", title: "Times", default: 1, minimum: 1, maximum: 9 },
      },
    },
  }),
  anOperation({
    name: "annotate",
    title: "Annotate",
    description: "Describes functions of the catalog.",
    icon: "sparkles",
    itemLabel: "functions",
    input: "filters",
    filtersSchema: {
      properties: {
        areas: { type: "array", items: { type: "string" }, title: "Areas", examples: [["fin"]] },
        missing: { type: "boolean", title: "Only new ones", default: false },
      },
    },
  }),
  anOperation({
    name: "import",
    title: "Import a file",
    description: "Turns rows into nodes.",
    icon: "file-import",
    itemLabel: "rows",
    input: "file",
    acceptedFiles: [".csv", ".json"],
  }),
];
