import { fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import {
  type Field,
  type FieldKind,
  fieldsOf,
  initialValues,
  type ObjectSchema,
  type Values,
} from "../../core/schema";
import { click, expectAccessible, fillIn, typeInto } from "../../testing/acts";
import { show } from "../../testing/pages";
import { SchemaForm } from "./SchemaForm";

/** One field of each kind. */
const schema: ObjectSchema = {
  required: ["key"],
  properties: {
    key: { type: "string", title: "Key", examples: ["fin.pay"] },
    notes: { type: "string", title: "Notes", maxLength: 1000 },
    limit: { anyOf: [{ type: "integer", minimum: 1 }, { type: "null" }], title: "Limit" },
    share: { type: "number", title: "Share", maximum: 1, default: 0.5 },
    isDry: { type: "boolean", title: "Dry run", description: "Changes nothing." },
    mode: { enum: ["update", "skip"], title: "Mode", default: "update" },
    areas: { type: "array", items: { type: "string" }, examples: [["fin", "hr"]], title: "Areas" },
    labels: { type: "array", items: { type: "string" }, title: "Labels" },
    extra: { type: "object", title: "Extra" },
  },
};
const fields = fieldsOf(schema);

let values: Values;

function Form({ errors = {} }: { errors?: Record<string, string> }) {
  const [current, setCurrent] = useState<Values>(initialValues(fields));
  values = current;
  return (
    <SchemaForm
      fields={fields}
      values={current}
      labels={{ areas: [{ value: "fin", label: "Finance (12)" }] }}
      onChange={(name, value) => setCurrent((old) => ({ ...old, [name]: value }))}
      errorOf={(name) => errors[name]}
    />
  );
}

const ROLES: Partial<Record<FieldKind, string>> = {
  boolean: "switch",
  choice: "combobox",
  choices: "combobox",
  tags: "combobox",
};

const inputOf = ({ kind, title }: Pick<Field, "kind" | "title">) =>
  screen.getByRole(ROLES[kind] ?? "textbox", { name: new RegExp(title) });

describe("the form of a schema", () => {
  it("has an input for each field, by its title, and says what is required", async () => {
    await show(<Form />);
    for (const field of fields) expect(inputOf(field)).toBeDefined();
    expect(screen.getByRole("textbox", { name: /Key/ }).getAttribute("aria-required")).toBe("true");
    expect(screen.getByPlaceholderText("For example fin.pay")).toBeDefined();
    expect(screen.getByText("Changes nothing.")).toBeDefined();
    await expectAccessible();
  });

  it("says at each field what is wrong with it, to those who do not see it too", async () => {
    await show(
      <Form errors={Object.fromEntries(fields.map(({ name }) => [name, `no ${name}`]))} />,
    );
    for (const field of fields) {
      const input = inputOf(field);
      expect([field.name, input.getAttribute("aria-invalid")]).toEqual([field.name, "true"]);
      const about = input.getAttribute("aria-describedby")?.split(" ") ?? [];
      const words = about.map((id) => document.getElementById(id)?.textContent).join(" ");
      expect(words).toContain(`no ${field.name}`);
    }
    await expectAccessible();
  });

  it("takes what is entered, each kind as its own", async () => {
    await show(<Form />);
    fillIn(/^Key/, "a");
    fillIn("Notes", "b");
    fillIn("Limit", "1200");
    click(screen.getByRole("switch", { name: /Dry run/ }));
    click(screen.getByRole("combobox", { name: "Mode" }));
    click(await screen.findByRole("option", { name: "skip" }));
    click(screen.getByRole("combobox", { name: "Areas" }));
    click(await screen.findByRole("option", { name: "Finance (12)" }));
    const labels = screen.getByRole("combobox", { name: "Labels" });
    typeInto(labels, "new");
    fireEvent.keyDown(labels, { key: "," });
    fillIn("Extra", '{"a": 1}');
    expect(values).toEqual({
      key: "a",
      notes: "b",
      limit: 1200,
      share: 0.5,
      isDry: true,
      mode: "skip",
      areas: ["fin"],
      labels: ["new"],
      extra: '{"a": 1}',
    });
  });
});
