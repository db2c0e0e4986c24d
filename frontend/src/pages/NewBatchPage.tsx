import {
  Alert,
  Button,
  Group,
  Progress,
  Radio,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useMemo, useState } from "react";
import { FileDrop } from "../components/FileDrop";
import { OperationIcon } from "../components/OperationIcon";
import { SchemaForm } from "../components/SchemaForm";
import { ApiError, api } from "../core/api";
import type { OperationInfo } from "../core/api-types";
import { batchStore } from "../core/batchStore";
import { type Field, fieldsOf, type ObjectSchema, toPayload } from "../core/schema";
import { Problem } from "./BatchesPage";

export function NewBatchPage() {
  useDocumentTitle("New batch · Batchwire");
  const operations = useQuery({ queryKey: ["operations"], queryFn: api.operations });
  const [chosen, setChosen] = useState<string | null>(null);
  const known = operations.data?.operations ?? [];
  const operation = known.find(({ name }) => name === chosen);
  return (
    <Stack gap="lg" maw={820}>
      <div>
        <Title order={1} size="h2">
          New batch
        </Title>
        <Text c="dimmed">Choose what to do, then with what.</Text>
      </div>
      {operations.isError && (
        <Problem message={operations.error.message} retry={() => void operations.refetch()} />
      )}
      {operations.isPending && <Skeleton height={110} radius="md" />}
      <Radio.Group value={chosen} onChange={setChosen} aria-label="Operation">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {known.map((one) => (
            <Radio.Card
              key={one.name}
              value={one.name}
              className="operation-card"
              data-testid={`operation-${one.name}`}
            >
              <Group gap="sm" wrap="nowrap" align="start">
                <OperationIcon name={one.icon} />
                <div>
                  <Text fw={600}>{one.title}</Text>
                  <Text size="sm" c="dimmed">
                    {one.description}
                  </Text>
                </div>
              </Group>
            </Radio.Card>
          ))}
        </SimpleGrid>
      </Radio.Group>
      {operation && <BatchForm key={operation.name} operation={operation} />}
    </Stack>
  );
}

const initialValues = (fields: Field[]): Record<string, unknown> =>
  Object.fromEntries(fields.map((field) => [field.name, field.initial]));

function BatchForm({ operation }: { operation: OperationInfo }) {
  const navigate = useNavigate();
  const optionFields = useMemo(
    () => fieldsOf(operation.optionsSchema as ObjectSchema),
    [operation],
  );
  const filterFields = useMemo(
    () => fieldsOf((operation.filtersSchema ?? {}) as ObjectSchema),
    [operation],
  );
  const [options, setOptions] = useState(() => initialValues(optionFields));
  const [filters, setFilters] = useState(() => initialValues(filterFields));
  const [name, setName] = useState("");
  const [lines, setLines] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [sent, setSent] = useState<number | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);

  const start = async () => {
    const batch = { operation: operation.name, name, options: toPayload(optionFields, options) };
    if (operation.input === "file") {
      if (!file) throw missing("file", "Choose a file");
      return api.upload(batch, file, setSent);
    }
    if (operation.input === "items") {
      const items = lines.split("\n").filter((line) => line.trim());
      if (items.length === 0) throw missing("items", "Enter at least one item");
      return api.create({ ...batch, items });
    }
    return api.create({ ...batch, filters: toPayload(filterFields, filters) });
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const { batch } = await start();
      batchStore.put(batch);
      await navigate({ to: "/batches/$batchId", params: { batchId: batch.id } });
    } catch (problem) {
      setError(problem instanceof ApiError ? problem : new ApiError(String(problem), 0));
      setSent(null);
      setBusy(false);
    }
  };

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        {error && (
          <Alert color="red" variant="light" role="alert" title="The batch was not started">
            {error.message}
          </Alert>
        )}
        {operation.input === "file" && (
          <FileDrop
            file={file}
            accept={operation.acceptedFiles}
            maxBytes={operation.maxUploadBytes}
            error={error?.fieldMessage("file")}
            onFile={setFile}
          />
        )}
        {operation.input === "items" && (
          <Textarea
            label="Items"
            description="One in each line."
            autosize
            minRows={5}
            maxRows={16}
            value={lines}
            onChange={(event) => setLines(event.currentTarget.value)}
            error={error?.fieldMessage("items")}
          />
        )}
        {filterFields.length > 0 && (
          <Section title={`Which ${operation.itemLabel}`}>
            <SchemaForm
              fields={filterFields}
              values={filters}
              onChange={(field, value) => setFilters((old) => ({ ...old, [field]: value }))}
              errorOf={(field) => error?.fieldMessage(`filters.${field}`)}
            />
          </Section>
        )}
        {optionFields.length > 0 && (
          <Section title="Options">
            <SchemaForm
              fields={optionFields}
              values={options}
              onChange={(field, value) => setOptions((old) => ({ ...old, [field]: value }))}
              errorOf={(field) => error?.fieldMessage(`options.${field}`)}
            />
          </Section>
        )}
        <Section title="Name">
          <TextInput
            label="Name of the batch"
            description="Only if you want another one than the usual."
            value={name}
            maxLength={200}
            error={error?.fieldMessage("name")}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </Section>
        {sent !== null && sent < 1 && (
          <Progress value={sent * 100} aria-label="Upload" size="sm" animated />
        )}
        <Group>
          <Button type="submit" size="md" loading={busy} data-testid="start-batch">
            Start batch
          </Button>
          <Button variant="default" size="md" onClick={() => void navigate({ to: "/batches" })}>
            Back
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function missing(field: string, message: string): ApiError {
  return new ApiError(message, 422, [{ field, rule: "required", message }]);
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className="panel" style={{ padding: 20 }}>
      <Title order={2} size="h5" mb="md">
        {title}
      </Title>
      {children}
    </section>
  );
}
