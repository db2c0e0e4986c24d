import { describe, expect, it } from "vitest";
import { fieldsOf, initialValues, type ObjectSchema, toPayload } from "./schema";

// As pydantic writes them.
const schema: ObjectSchema = {
  $defs: { Colour: { enum: ["red", "green"], type: "string", title: "Colour" } },
  required: ["note"],
  properties: {
    note: { type: "string", title: "Note", minLength: 3, examples: ["monthly"] },
    maxKeywords: { type: "integer", title: "Keywords", default: 8, minimum: 1, maximum: 20 },
    share: { type: "number", default: 0.5, exclusiveMinimum: 0 },
    limit: { anyOf: [{ type: "integer", minimum: 1 }, { type: "null" }], default: null },
    parent: { anyOf: [{ type: "string", maxLength: 5 }, { type: "null" }], default: null },
    overwrite: { type: "boolean", default: true },
    provider: { const: "local", type: "string", default: "local" },
    colour: { $ref: "#/$defs/Colour", default: "green" },
    colours: { type: "array", items: { $ref: "#/$defs/Colour" }, default: [] },
    areas: { type: "array", items: { type: "string" }, default: [], examples: [["a", "b"]] },
    labels: { type: "array", items: { type: "string" }, maxItems: 2, default: ["x"] },
    mapping: { type: "object", default: {} },
    size: { enum: [1, 2, 5], type: "integer", default: 2 },
    text: { type: "string", maxLength: 2000, default: "" },
  },
};
const fields = fieldsOf(schema);
const kindOf = (name: string) => fields.find((field) => field.name === name)?.kind;
const start = () => initialValues(fields);

describe("the fields of a form", () => {
  it("finds the input for each type", () => {
    expect(Object.fromEntries(fields.map(({ name, kind }) => [name, kind]))).toEqual({
      note: "text",
      maxKeywords: "integer",
      share: "number",
      limit: "integer",
      parent: "text",
      overwrite: "boolean",
      provider: "choice",
      colour: "choice",
      colours: "choices",
      areas: "choices",
      labels: "tags",
      mapping: "json",
      size: "choice",
      text: "longText",
    });
  });

  it("offers what a referred enum or the examples of a list name", () => {
    const choices = Object.fromEntries(fields.map((field) => [field.name, field.choices]));
    expect(choices).toMatchObject({
      colours: ["red", "green"],
      areas: ["a", "b"],
      provider: ["local"],
      note: [],
    });
    expect(fields[0]).toMatchObject({ example: "monthly", required: true });
  });

  it("begins with the defaults", () => {
    expect(start()).toMatchObject({ maxKeywords: 8, overwrite: true, limit: "", labels: ["x"] });
  });

  it("sends values in their own types and leaves out what is empty", () => {
    const values = { ...start(), note: "why", size: "5", colours: ["red"], mapping: '{"a": 1}' };
    expect(toPayload(fields, values)).toEqual({
      note: "why",
      maxKeywords: 8,
      share: 0.5,
      overwrite: true,
      provider: "local",
      colour: "green",
      colours: ["red"],
      labels: ["x"],
      mapping: { a: 1 },
      size: 5,
    });
  });

  it("sends an emptied list, since leaving it out would bring the default back", () => {
    expect(toPayload(fields, { ...start(), labels: [] }).labels).toEqual([]);
  });

  it("takes a union of types as JSON", () => {
    const [field] = fieldsOf({
      properties: { either: { anyOf: [{ type: "integer" }, { type: "string" }] } },
    });
    expect(field?.kind).toBe("json");
    expect(kindOf("unknown")).toBeUndefined();
  });
});
