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
  allOf?: FieldSchema[];
  $ref?: string;
  examples?: unknown[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  format?: string;
}

export interface ObjectSchema {
  properties?: Record<string, FieldSchema>;
  required?: string[];
  $defs?: Record<string, FieldSchema>;
}

export type FieldKind =
  | "text"
  | "longText"
  | "number"
  | "integer"
  | "boolean"
  | "choice"
  | "choices"
  | "tags"
  | "json";

export interface Field {
  name: string;
  kind: FieldKind;
  title: string;
  description?: string;
  required: boolean;
  nullable: boolean;
  initial: unknown;
  /** What may be chosen, for `choice` and `choices`. */
  choices: string[];
  /** An example to show in the empty input. */
  example?: string;
  schema: FieldSchema;
}

/** A value to choose; with a label where people know it by another name. */
export type Choice = string | { value: string; label: string };

export type Values = Record<string, unknown>;

const LONG_TEXT_CHARS = 300;

/** The fields of a form, in the order of the model. */
export function fieldsOf(schema: ObjectSchema): Field[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const [merged, nullable] = flatten(property, schema.$defs ?? {});
    const choices = choicesOf(merged);
    const kind = kindOf(merged, choices);
    const examples = (merged.examples ?? []).flat();
    return {
      name,
      kind,
      title: merged.title ?? name,
      description: merged.description,
      required: schema.required?.includes(name) ?? false,
      nullable,
      initial: initialValue(kind, merged),
      choices,
      example: kind === "text" && examples.length > 0 ? String(examples[0]) : undefined,
      schema: merged,
    };
  });
}

/** The property with references followed, and whether null is allowed as well. */
function flatten(
  property: FieldSchema,
  definitions: Record<string, FieldSchema>,
): [FieldSchema, boolean] {
  const follow = (one: FieldSchema): FieldSchema => {
    const target = one.$ref ? definitions[one.$ref.split("/").at(-1) ?? ""] : undefined;
    const single = one.allOf?.length === 1 ? one.allOf[0] : undefined;
    return { ...target, ...(single ? follow(single) : {}), ...one };
  };
  const own = follow(property);
  const options = (own.anyOf ?? []).map(follow);
  const nullable = options.some((option) => option.type === "null");
  const others = options.filter((option) => option.type !== "null");
  // Of several types none can be offered as one input; such a field is edited as JSON.
  const main = others.length === 1 ? others[0] : undefined;
  const items = own.items ?? main?.items;
  return [
    {
      ...main,
      ...own,
      type: own.type ?? main?.type,
      enum: own.enum ?? main?.enum,
      ...(items ? { items: follow(items) } : {}),
    },
    nullable,
  ];
}

function kindOf(schema: FieldSchema, choices: string[]): FieldKind {
  if (schema.enum || schema.const !== undefined) return "choice";
  switch (schema.type) {
    case "boolean":
    case "integer":
    case "number":
      return schema.type;
    case "string":
      return (schema.maxLength ?? 0) > LONG_TEXT_CHARS ? "longText" : "text";
    case "array": {
      if (choices.length > 0) return "choices";
      return schema.items?.type === "string" ? "tags" : "json";
    }
    default:
      return "json";
  }
}

function choicesOf(schema: FieldSchema): string[] {
  if (schema.const !== undefined) return [String(schema.const)];
  const listed = schema.enum ?? schema.items?.enum;
  if (listed) return listed.filter((value) => value !== null).map(String);
  // Examples of a list are lists; together they are what is worth choosing from.
  return schema.type === "array" ? (schema.examples ?? []).flat().map(String) : [];
}

function initialValue(kind: FieldKind, schema: FieldSchema): unknown {
  const standard = schema.default;
  if (kind === "json") return standard == null ? "" : JSON.stringify(standard, null, 2);
  if (standard !== undefined && standard !== null) return standard;
  if (kind === "boolean") return false;
  if (kind === "tags" || kind === "choices") return [];
  return kind === "choice" && schema.const !== undefined ? schema.const : "";
}

export const initialValues = (fields: Field[]): Values =>
  Object.fromEntries(fields.map((field) => [field.name, field.initial]));

export const isEmpty = (value: unknown): boolean =>
  value === "" ||
  value === undefined ||
  value === null ||
  (Array.isArray(value) && value.length === 0);

/**
 * The values to send. What was left empty is left out, so that the server's default holds; where that
 * default is something, empty is sent as null if the model takes it.
 */
export function toPayload(fields: Field[], values: Values): Values {
  const payload: Values = {};
  for (const field of fields) {
    const value = values[field.name];
    const hasDefault = !isEmpty(field.schema.default);
    if (!isEmpty(value)) payload[field.name] = typed(field, value);
    else if (hasDefault && field.nullable) payload[field.name] = null;
    else if (hasDefault && (field.kind === "tags" || field.kind === "choices")) {
      payload[field.name] = [];
    } else if (hasDefault && (field.kind === "text" || field.kind === "longText")) {
      payload[field.name] = "";
    }
  }
  return payload;
}

function typed(field: Field, value: unknown): unknown {
  if (field.kind === "json") return JSON.parse(String(value));
  // An enum may hold numbers; inputs know only texts.
  const all = field.schema.enum ?? field.schema.items?.enum;
  const original = (text: unknown) => all?.find((one) => String(one) === String(text)) ?? text;
  if (field.kind === "choice") return original(value);
  return field.kind === "choices" && Array.isArray(value) ? value.map(original) : value;
}
