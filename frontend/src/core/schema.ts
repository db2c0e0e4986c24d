/** The part of JSON Schema that the models of options and filters use. */
export interface FieldSchema {
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  items?: FieldSchema;
  anyOf?: FieldSchema[];
  examples?: unknown[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
}

export interface ObjectSchema {
  properties?: Record<string, FieldSchema>;
  required?: string[];
}

export type FieldKind = "text" | "number" | "integer" | "boolean" | "choice" | "list";

export interface Field {
  name: string;
  kind: FieldKind;
  title: string;
  description?: string;
  required: boolean;
  nullable: boolean;
  initial: unknown;
  choices: string[];
  schema: FieldSchema;
}

/** The fields of a form, in the order of the model. */
export function fieldsOf(schema: ObjectSchema): Field[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const nullable = property.anyOf?.some((option) => option.type === "null") ?? false;
    const main = property.anyOf?.find((option) => option.type !== "null") ?? {};
    const merged: FieldSchema = { ...main, ...property, type: property.type ?? main.type };
    const kind = kindOf(merged);
    return {
      name,
      kind,
      title: merged.title ?? name,
      description: merged.description,
      required: schema.required?.includes(name) ?? false,
      nullable,
      initial: merged.default ?? emptyValue(kind),
      choices: choicesOf(merged),
      schema: merged,
    };
  });
}

/** The values to send: what was left empty is left out, so that the server's default holds. */
export function toPayload(
  fields: Field[],
  values: Record<string, unknown>,
): Record<string, unknown> {
  const payload: Record<string, unknown> = {};
  for (const field of fields) {
    const value = values[field.name];
    if (value === "" || value === undefined || value === null) continue;
    payload[field.name] = value;
  }
  return payload;
}

function kindOf(schema: FieldSchema): FieldKind {
  if (schema.enum || schema.const !== undefined) return "choice";
  if (schema.type === "array") return "list";
  if (schema.type === "boolean" || schema.type === "integer" || schema.type === "number")
    return schema.type;
  return "text";
}

function choicesOf(schema: FieldSchema): string[] {
  if (schema.const !== undefined) return [String(schema.const)];
  const listed = schema.enum ?? schema.items?.enum;
  if (listed) return listed.map(String);
  return (schema.examples ?? []).flat().map(String);
}

function emptyValue(kind: FieldKind): unknown {
  if (kind === "boolean") return false;
  if (kind === "list") return [];
  return "";
}
