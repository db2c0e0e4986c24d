import { Button, Group, Modal, Text } from "@mantine/core";
import { formatNumber } from "../../core/format";
import type { Batch } from "../../core/wire";

interface Props {
  batch: Batch;
  isOpen: boolean;
  isBusy: boolean;
  close: () => void;
  /** Called once the dialog is gone. */
  onClosed: () => void;
  confirm: () => void;
}

/** Asks before a batch is cancelled; says what stays and what does not happen any more. */
export function CancelDialog({ batch, isOpen, isBusy, close, onClosed, confirm }: Props) {
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      onExitTransitionEnd={onClosed}
      // Its own header would be a second banner of the page to a screen reader.
      withCloseButton={false}
      padding="lg"
    >
      <Modal.Title fw={600} mb={8}>
        Cancel this batch?
      </Modal.Title>
      <Text c="var(--text-soft)">
        <strong>{batch.name}</strong>: {describeConsequence(batch)}
      </Text>
      <Group justify="end" mt="xl" gap="sm">
        <Button variant="default" onClick={close} data-autofocus>
          {batch.status === "paused" ? "Leave it paused" : "Let it run"}
        </Button>
        <Button
          color="red"
          loading={isBusy}
          aria-busy={isBusy}
          onClick={confirm}
          data-testid="confirm-cancel"
        >
          Cancel batch
        </Button>
      </Group>
    </Modal>
  );
}

function describeConsequence(batch: Batch): string {
  if (batch.processed === 0) return "nothing has been done yet, and nothing will be.";
  const left = batch.total === null ? null : batch.total - batch.processed;
  const rest = left === null ? "The rest" : `The other ${formatNumber(left)}`;
  return `what is done stays done, ${formatNumber(batch.processed)} so far. ${rest} will be left alone.`;
}
