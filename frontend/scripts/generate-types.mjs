// Writes the TypeScript types from the JSON Schema that the Python models give.
import { readFile, writeFile } from "node:fs/promises";
import { compile } from "json-schema-to-typescript";

const folder = new URL("../", import.meta.url);
const schema = JSON.parse(await readFile(new URL("schemas/wire.schema.json", folder), "utf8"));
const code = await compile(schema, "Wire", {
  additionalProperties: false,
  bannerComment: "// Generated from the Python models by `make generate`; do not edit.",
  unreachableDefinitions: true,
  style: { printWidth: 100 },
});
await writeFile(new URL("src/core/wire.ts", folder), code);
