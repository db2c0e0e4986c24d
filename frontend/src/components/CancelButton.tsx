import { Button, Group, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { api } from "../core/api";
import { batchStore } from "../core/batchStore";
import type { Batch } from "../core/events";
import { formatNumber } from "../core/format";
import { announceProblem } from "./announcements";

/** Cancels a batch after asking; says what stays and what does not happen any more. */
export function CancelButton({ batch }: { batch: Batch }) {
  const [isOpen, { open, close }] = useDisclosure(false);
  const cancel = useMutation({
    mutationFn: () => api.cancel(batch.id),
    onSuccess: (answer) => batchStore.put(answer.batch),
    onError: (error) => announceProblem("The batch was not cancelled", error.message),
    onSettled: close,
  });
  const left = batch.total === null ? null : batch.total - batch.processed;
  return (
    <>
      <Button variant="default" onClick={open} data-testid="batch-cancel">
        Cancel batch
      </Button>
      <Modal opened={isOpen} onClose={close} title={<Text fw={600}>Cancel this batch?</Text>}>
        <Text c="var(--text-soft)">
          {batch.processed === 0
            ? "Nothing has been done yet, and nothing will be."
            : `What is done stays done: ${formatNumber(batch.processed)} so far. ${
                left === null ? "The rest" : `The other ${formatNumber(left)}`
              } will be left alone.`}
        </Text>
        <Group justify="end" mt="xl" gap="sm">
          <Button variant="default" onClick={close} data-autofocus>
            Let it run
          </Button>
          <Button
            color="red"
            loading={cancel.isPending}
            onClick={() => cancel.mutate()}
            data-testid="confirm-cancel"
          >
            Cancel batch
          </Button>
        </Group>
      </Modal>
    </>
  );
}
