import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconRefresh, IconX } from "@tabler/icons-react";
import type { Action } from "../../core/api";
import type { Batch } from "../../core/wire";

type Shown = Exclude<Action, "seal">;

interface Props {
  action: Shown;
  batch: Batch;
  isCompact: boolean;
  isBusy: boolean;
  onClick: () => void;
}

const ICONS = {
  pause: IconPlayerPause,
  resume: IconPlayerPlay,
  retry: IconRefresh,
  cancel: IconX,
};

/** A button for one action on a batch; compact, an icon whose name says which batch it is about. */
export function ActionButton({ action, batch, isCompact, isBusy, onClick }: Props) {
  const Icon = ICONS[action];
  const { label, hint } = describe(action, batch);
  const common = {
    onClick,
    loading: isBusy,
    "aria-busy": isBusy,
    "data-testid": `batch-${action}`,
  };
  if (isCompact) {
    return (
      <Tooltip label={label}>
        <ActionIcon
          {...common}
          variant="subtle"
          color="gray"
          size={32}
          aria-label={`${label}: ${batch.name}`}
        >
          <Icon size={17} stroke={1.8} aria-hidden />
        </ActionIcon>
      </Tooltip>
    );
  }
  return (
    <Tooltip label={hint} disabled={!hint} multiline maw={260}>
      <Button
        {...common}
        variant={action === "resume" ? "filled" : "default"}
        leftSection={<Icon size={16} stroke={1.8} aria-hidden />}
      >
        {label}
      </Button>
    </Tooltip>
  );
}

function describe(action: Shown, batch: Batch): { label: string; hint?: string } {
  switch (action) {
    case "pause":
      return { label: "Pause", hint: "What is done stays; no further item starts." };
    case "resume":
      return { label: "Resume", hint: "Goes on where it stopped." };
    case "cancel":
      return { label: "Cancel batch" };
    case "retry":
      if (batch.status === "completed") {
        return { label: "Retry failed", hint: "Runs the failed items again, and only these." };
      }
      return batch.failed > 0
        ? {
            label: "Retry and continue",
            hint: "Runs the failed items again, and those that were left.",
          }
        : { label: "Retry", hint: "Runs what was left." };
  }
}
