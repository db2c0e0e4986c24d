import { Alert, Skeleton, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { queries } from "../../queries";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Loading } from "../../ui/Loading";
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
  // Once is enough: what is being filled in must not go when the settings are asked for again.
  const isLoading = operations.isPending || (from !== undefined && !template.isFetched);
  const [attempts, setAttempts] = useState(0);
  const retryTemplate = async () => {
    const { isSuccess } = await template.refetch();
    if (isSuccess) setAttempts(attempts + 1);
  };

  return (
    <>
      <Title order={1}>New batch</Title>
      <Text c="dimmed" mb="lg">
        Choose what to do, then to what.
      </Text>
      {operations.isError && (
        <ErrorPanel message={operations.error.message} retry={() => void operations.refetch()} />
      )}
      {template.isError && (
        <ErrorPanel
          message={`The settings of the other batch could not be loaded: ${template.error.message}`}
          retry={() => void retryTemplate()}
        />
      )}
      {isLoading && !operations.isError && (
        <Loading what="the operations">
          <Skeleton height={120} radius={10} />
        </Loading>
      )}
      {operations.isSuccess && known.length === 0 && (
        <Text>This server has no operations: there is nothing that a batch could do.</Text>
      )}
      {!isLoading && known.length > 0 && (
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
          key={`${operation.name} ${from ?? ""} ${attempts}`}
          operation={operation}
          template={template.data?.operation === operation.name ? template.data : undefined}
        />
      )}
    </>
  );
}
