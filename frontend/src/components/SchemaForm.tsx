import {
  Checkbox,
  MultiSelect,
  NumberInput,
  Select,
  Stack,
  TagsInput,
  TextInput,
} from "@mantine/core";
import type { Field } from "../core/schema";

interface Props {
  fields: Field[];
  values: Record<string, unknown>;
  onChange: (name: string, value: unknown) => void;
  errorOf: (name: string) => string | undefined;
}

/** A form for a model's JSON Schema: one input for each field. */
export function SchemaForm({ fields, values, onChange, errorOf }: Props) {
  return (
    <Stack gap="md">
      {fields.map((field) => (
        <SchemaInput
          key={field.name}
          field={field}
          value={values[field.name]}
          error={errorOf(field.name)}
          onChange={(value) => onChange(field.name, value)}
        />
      ))}
    </Stack>
  );
}

interface InputProps {
  field: Field;
  value: unknown;
  error: string | undefined;
  onChange: (value: unknown) => void;
}

function SchemaInput({ field, value, error, onChange }: InputProps) {
  const common = {
    label: field.title,
    description: field.description,
    error,
    withAsterisk: field.required,
    "data-testid": `field-${field.name}`,
  };
  switch (field.kind) {
    case "boolean":
      return (
        <Checkbox
          label={field.title}
          description={field.description}
          error={error}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case "integer":
    case "number":
      return (
        <NumberInput
          {...common}
          value={typeof value === "number" ? value : ""}
          min={field.schema.minimum}
          max={field.schema.maximum}
          allowDecimal={field.kind === "number"}
          clampBehavior="none"
          thousandSeparator=","
          maw={240}
          onChange={onChange}
        />
      );
    case "choice":
      return (
        <Select
          {...common}
          data={field.choices}
          value={value === undefined || value === "" ? null : String(value)}
          allowDeselect={field.nullable}
          comboboxProps={{ withinPortal: true }}
          maw={320}
          onChange={onChange}
        />
      );
    case "list":
      return field.choices.length > 0 ? (
        <MultiSelect
          {...common}
          data={field.choices}
          value={asTexts(value)}
          searchable
          clearable
          placeholder={asTexts(value).length ? undefined : "All"}
          onChange={onChange}
        />
      ) : (
        <TagsInput {...common} value={asTexts(value)} onChange={onChange} />
      );
    default:
      return (
        <TextInput
          {...common}
          value={typeof value === "string" ? value : ""}
          placeholder={field.choices[0]}
          maxLength={field.schema.maxLength}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

const asTexts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
