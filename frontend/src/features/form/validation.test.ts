import { describe, expect, it } from "vitest";
import { fieldsOf, initialValues } from "../../core/schema";
import { validate } from "./validation";

// As pydantic writes them.
const fields = fieldsOf({
  required: ["note"],
  properties: {
    note: { type: "string", title: "Note", minLength: 3 },
    maxKeywords: { type: "integer", default: 8, minimum: 1, maximum: 20 },
    share: { type: "number", default: 0.5, exclusiveMinimum: 0 },
    limit: { anyOf: [{ type: "integer", minimum: 1 }, { type: "null" }], default: null },
    parent: { anyOf: [{ type: "string", maxLength: 5 }, { type: "null" }], default: null },
    labels: { type: "array", items: { type: "string" }, maxItems: 2, default: ["x"] },
    mapping: { type: "object", default: {} },
  },
});
const start = () => initialValues(fields);

describe("what was entered", () => {
  it("finds what is wrong before the server does", () => {
    const values = {
      ...start(),
      note: "",
      maxKeywords: 21,
      share: 0,
      limit: 1.5,
      parent: "too long",
      labels: ["a", "b", "c"],
      mapping: "{",
    };
    expect(validate(fields, values)).toEqual({
      note: "Required",
      maxKeywords: "At most 20",
      share: "More than 0",
      limit: "Enter a whole number",
      parent: "At most 5 characters",
      labels: "Choose at most 2",
      mapping: "Not valid JSON",
    });
    expect(validate(fields, { ...start(), note: "fine" })).toEqual({});
  });

  it("asks for a number where nothing else is allowed", () => {
    expect(validate(fields, { ...start(), note: "fine", maxKeywords: "" })).toEqual({
      maxKeywords: "Enter a number",
    });
  });
});
