import { Button, Stack, Textarea, TextInput } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useRef } from "react";
import { batchStore } from "../../core/batchStore";
import type { Batch, OperationInfo } from "../../core/wire";
import { refreshLists } from "../../queries";
import { ButtonLink } from "../../ui/ButtonLink";
import { announceStart } from "../batches/announcements";
import { AdvancedSection } from "./AdvancedSection";
import classes from "./BatchForm.module.css";
import { FileDrop } from "./FileDrop";
import { FormSection } from "./FormSection";
import { ItemsInput } from "./ItemsInput";
import { SchemaForm } from "./SchemaForm";
import { useAreaLabels } from "./useAreaLabels";
import { useBatchForm } from "./useBatchForm";

interface Props {
  operation: OperationInfo;
  template: Batch | undefined;
}

/** Everything that an operation wants to know before it starts. */
export function BatchForm({ operation, template }: Props) {
  const form = useBatchForm(operation, template);
  const areas = useAreaLabels(form.filterFields);
  const element = useRef<HTMLFormElement>(null);
  const navigate = useNavigate();
  const client = useQueryClient();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const batch = await form.start();
    if (!batch) {
      // After the errors have been drawn.
      requestAnimationFrame(() => focusFirstError(element.current));
      return;
    }
    batchStore.put(batch);
    announceStart(batch);
    refreshLists(client);
    await navigate({ to: "/batches/$batchId", params: { batchId: batch.id } });
  };

  return (
    <form ref={element} onSubmit={submit} noValidate className={classes.form}>
      {operation.input === "file" && (
        <FormSection title="File" hint="It is read row by row; a bad row stops nothing else.">
          <FileDrop
            file={form.file}
            accept={operation.acceptedFiles}
            maxBytes={operation.maxUploadBytes}
            error={form.errorOf("file")}
            sent={form.sent}
            onFile={form.setFile}
          />
        </FormSection>
      )}
      {operation.input === "items" && (
        <FormSection title="List">
          <ItemsInput
            label={operation.itemLabel}
            value={form.entries.lines}
            error={form.errorOf("items")}
            onChange={(text) => form.setText("lines", text)}
          />
        </FormSection>
      )}
      {form.filterFields.length > 0 && (
        <FormSection
          title={`Which ${operation.itemLabel}`}
          hint={`Left as it is, the batch covers all ${operation.itemLabel}.`}
        >
          <SchemaForm
            fields={form.filterFields}
            values={form.entries.filters}
            labels={areas}
            onChange={form.setFilter}
            errorOf={(name) => form.errorOf(`filters.${name}`)}
          />
        </FormSection>
      )}
      {form.optionFields.length > 0 && (
        <FormSection title="Options" hint={`How “${operation.title}” works.`}>
          <SchemaForm
            fields={form.optionFields}
            values={form.entries.options}
            onChange={form.setOption}
            errorOf={(name) => form.errorOf(`options.${name}`)}
          />
        </FormSection>
      )}
      <FormSection title="Name" hint="To find the batch again.">
        <Stack gap="md">
          <TextInput
            label="Name"
            placeholder={operation.title}
            value={form.entries.name}
            maxLength={200}
            error={form.errorOf("name")}
            onChange={(event) => form.setText("name", event.currentTarget.value)}
            data-testid="batch-name"
          />
          <Textarea
            label="Description"
            autosize
            minRows={2}
            maxRows={6}
            value={form.entries.description}
            maxLength={2000}
            error={form.errorOf("description")}
            onChange={(event) => form.setText("description", event.currentTarget.value)}
          />
        </Stack>
      </FormSection>
      <AdvancedSection
        operation={operation}
        value={form.entries.advanced}
        onChange={form.setAdvanced}
        errorOf={form.errorOf}
        hasErrors={form.hasAdvancedErrors}
      />
      <div className={classes.footer}>
        <div className={classes.message} role="alert">
          {form.message}
        </div>
        <ButtonLink to="/batches" variant="default">
          Back
        </ButtonLink>
        <Button
          type="submit"
          loading={form.isBusy}
          leftSection={<IconPlayerPlay size={16} stroke={2} aria-hidden />}
          data-testid="start-batch"
        >
          Start batch
        </Button>
      </div>
    </form>
  );
}

function focusFirstError(form: HTMLFormElement | null): void {
  const invalid = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  invalid?.scrollIntoView({ block: "center" });
  // Without one there is only to send it again, and the button has lost the focus while it was busy.
  (invalid ?? form?.querySelector<HTMLElement>('[type="submit"]'))?.focus();
}
