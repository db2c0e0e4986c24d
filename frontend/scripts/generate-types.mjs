// Writes the TypeScript types from the JSON Schemas that the Python models give.
import { readFile, writeFile } from "node:fs/promises";
import { compile } from "json-schema-to-typescript";

const folder = new URL("../", import.meta.url);
const banner = "// Generated from the Python models by `make generate`; do not edit.";

for (const [source, target, name] of [
  ["schemas/events.schema.json", "src/core/events.ts", "EventModels"],
  ["schemas/api.schema.json", "src/core/api-types.ts", "ApiModels"],
]) {
  const schema = JSON.parse(await readFile(new URL(source, folder), "utf8"));
  const code = await compile(schema, name, {
    additionalProperties: false,
    bannerComment: banner,
    unreachableDefinitions: true,
    style: { printWidth: 100 },
  });
  await writeFile(new URL(target, folder), code);
}
