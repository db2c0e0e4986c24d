import { type Field, type FieldSchema, isEmpty, type Values } from "../../core/schema";

/** What is wrong with the values, by the name of the field; the server has the last word. */
export function validate(fields: Field[], values: Values): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const field of fields) {
    const message = problemWith(field, values[field.name]);
    if (message) errors[field.name] = message;
  }
  return errors;
}

function problemWith(field: Field, value: unknown): string | undefined {
  if (isEmpty(value)) {
    if (field.required && field.kind !== "boolean") return "Required";
    const isNumber = field.kind === "integer" || field.kind === "number";
    return isNumber && !field.nullable && field.schema.default != null
      ? "Enter a number"
      : undefined;
  }
  if (field.kind === "integer" || field.kind === "number") return problemWithNumber(field, value);
  if (field.kind === "json") return problemWithJson(String(value));
  if (Array.isArray(value)) return problemWithList(field.schema, value.length);
  return typeof value === "string" ? problemWithText(field.schema, value) : undefined;
}

function problemWithNumber({ kind, schema }: Field, value: unknown): string | undefined {
  const number = Number(value);
  if (Number.isNaN(number)) return "Enter a number";
  if (kind === "integer" && !Number.isInteger(number)) return "Enter a whole number";
  if (schema.minimum !== undefined && number < schema.minimum) return `At least ${schema.minimum}`;
  if (schema.maximum !== undefined && number > schema.maximum) return `At most ${schema.maximum}`;
  if (schema.exclusiveMinimum !== undefined && number <= schema.exclusiveMinimum)
    return `More than ${schema.exclusiveMinimum}`;
  if (schema.exclusiveMaximum !== undefined && number >= schema.exclusiveMaximum)
    return `Less than ${schema.exclusiveMaximum}`;
  return undefined;
}

function problemWithText(schema: FieldSchema, value: string): string | undefined {
  if (schema.minLength !== undefined && value.length < schema.minLength)
    return `At least ${schema.minLength} characters`;
  if (schema.maxLength !== undefined && value.length > schema.maxLength)
    return `At most ${schema.maxLength} characters`;
  return matches(schema.pattern, value) ? undefined : "Not in the expected form";
}

function problemWithList(schema: FieldSchema, length: number): string | undefined {
  if (schema.minItems !== undefined && length < schema.minItems)
    return `Choose at least ${schema.minItems}`;
  if (schema.maxItems !== undefined && length > schema.maxItems)
    return `Choose at most ${schema.maxItems}`;
  return undefined;
}

function problemWithJson(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return "Not valid JSON";
  }
}

function matches(pattern: string | undefined, value: string): boolean {
  if (!pattern) return true;
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    return true; // Written in a dialect that JavaScript does not know: only the server can tell.
  }
}
