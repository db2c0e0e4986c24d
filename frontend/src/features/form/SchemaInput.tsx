import {
  MultiSelect,
  NumberInput,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from "@mantine/core";
import type { Choice, Field } from "../../core/schema";

interface Props {
  field: Field;
  value: unknown;
  choices: Choice[];
  error: string | undefined;
  onChange: (value: unknown) => void;
}

/** The input that fits the type of one field. */
export function SchemaInput({ field, value, choices, error, onChange }: Props) {
  const { schema } = field;
  const common = {
    label: field.title,
    description: field.description,
    error,
    withAsterisk: field.required,
    "aria-required": field.required || undefined,
    "data-testid": `field-${field.name}`,
  };
  const text = typeof value === "string" ? value : "";
  switch (field.kind) {
    case "boolean":
      return (
        <Switch
          label={field.title}
          description={field.description}
          error={error}
          aria-invalid={error ? true : undefined}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
          data-testid={`field-${field.name}`}
        />
      );
    case "integer":
    case "number":
      return (
        <NumberInput
          {...common}
          value={typeof value === "number" ? value : text}
          placeholder={field.nullable ? "No limit" : undefined}
          min={schema.minimum}
          max={schema.maximum}
          step={field.kind === "integer" ? 1 : stepOf(schema.multipleOf, schema.maximum)}
          allowDecimal={field.kind === "number"}
          // What is out of range is said, not silently changed.
          clampBehavior="none"
          thousandSeparator=","
          onChange={onChange}
        />
      );
    case "choice":
      return (
        <Select
          {...common}
          data={choices}
          value={value === undefined || value === "" ? null : String(value)}
          allowDeselect={field.nullable}
          clearable={field.nullable}
          onChange={(chosen) => onChange(chosen ?? "")}
        />
      );
    case "choices":
      return (
        <MultiSelect
          {...common}
          data={choices}
          value={asTexts(value)}
          placeholder={asTexts(value).length ? undefined : "All"}
          searchable
          clearable
          hidePickedOptions
          nothingFoundMessage="Nothing found"
          onChange={onChange}
        />
      );
    case "tags":
      return (
        <TagsInput
          {...common}
          value={asTexts(value)}
          placeholder="Type and press Enter"
          onChange={onChange}
        />
      );
    case "json":
    case "longText":
      return (
        <Textarea
          {...common}
          autosize
          minRows={2}
          maxRows={12}
          value={text}
          placeholder={field.kind === "json" ? "JSON" : undefined}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    default:
      return (
        <TextInput
          {...common}
          value={text}
          placeholder={field.example && `For example ${field.example}`}
          maxLength={schema.maxLength}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

/** A step that moves through the range in about a hundred. */
function stepOf(multipleOf: number | undefined, maximum: number | undefined): number {
  return multipleOf ?? (maximum !== undefined && maximum <= 1 ? 0.01 : 1);
}

const asTexts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
