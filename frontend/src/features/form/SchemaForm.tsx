import type { Choice, Field, Values } from "../../core/schema";
import classes from "./SchemaForm.module.css";
import { SchemaInput } from "./SchemaInput";

interface Props {
  fields: Field[];
  values: Values;
  /** Names and numbers for values that the schema only lists, by field. */
  labels?: Record<string, Choice[]>;
  onChange: (name: string, value: unknown) => void;
  errorOf: (name: string) => string | undefined;
}

const WIDE = new Set<Field["kind"]>(["boolean", "choices", "tags", "longText", "json"]);

/** A form for a model's JSON Schema: one input for each field. */
export function SchemaForm({ fields, values, labels = {}, onChange, errorOf }: Props) {
  return (
    <div className={classes.grid}>
      {fields.map((field) => (
        <div key={field.name} className={WIDE.has(field.kind) ? classes.wide : undefined}>
          <SchemaInput
            field={field}
            value={values[field.name]}
            choices={labels[field.name] ?? field.choices}
            error={errorOf(field.name)}
            onChange={(value) => onChange(field.name, value)}
          />
        </div>
      ))}
    </div>
  );
}
