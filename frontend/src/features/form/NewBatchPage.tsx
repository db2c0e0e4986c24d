import { Alert, Skeleton, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { queries } from "../../queries";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useOperations } from "../batches/useOperations";
import { BatchForm } from "./BatchForm";
import { OperationCards } from "./OperationCards";

export function NewBatchPage() {
  useDocumentTitle("New batch · Batchwire");
  const { operation: wanted, from } = useSearch({ from: "/app/batches/new" });
  const navigate = useNavigate();
  const operations = useOperations();
  const template = useQuery({ ...queries.batch(from ?? ""), enabled: from !== undefined });
  const known = operations.data ?? [];
  const chosen = wanted ?? template.data?.operation;
  const operation = known.find(({ name }) => name === chosen);
  const isLoading = operations.isPending || (from !== undefined && template.isPending);

  return (
    <>
      <Title order={1}>New batch</Title>
      <Text c="dimmed" mb="lg">
        Choose what to do, then to what.
      </Text>
      {operations.isError && (
        <ErrorPanel message={operations.error.message} retry={() => void operations.refetch()} />
      )}
      {isLoading && !operations.isError ? (
        <Skeleton height={120} radius={10} />
      ) : (
        <OperationCards
          operations={known}
          value={operation?.name}
          onChange={(name) =>
            navigate({ to: "/batches/new", search: { operation: name }, replace: true })
          }
        />
      )}
      {wanted && !operation && operations.isSuccess && (
        <Alert color="orange" variant="light" mt="md">
          There is no operation “{wanted}”. Choose one of those above.
        </Alert>
      )}
      {operation && !isLoading && (
        <BatchForm
          key={`${operation.name} ${from ?? ""}`}
          operation={operation}
          template={template.data?.operation === operation.name ? template.data : undefined}
        />
      )}
    </>
  );
}
