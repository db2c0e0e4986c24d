import { Badge } from "@mantine/core";
import {
  IconBan,
  IconCheck,
  IconClock,
  IconExclamationMark,
  IconPlayerPause,
  IconPlayerPlay,
} from "@tabler/icons-react";
import type { Batch } from "../core/events";

const LOOKS = {
  pending: { color: "gray", label: "Waiting", Icon: IconClock },
  running: { color: "blue", label: "Running", Icon: IconPlayerPlay },
  paused: { color: "yellow", label: "Paused", Icon: IconPlayerPause },
  completed: { color: "wire", label: "Completed", Icon: IconCheck },
  failed: { color: "red", label: "Failed", Icon: IconExclamationMark },
  cancelled: { color: "gray", label: "Cancelled", Icon: IconBan },
} as const;

export function StatusBadge({ batch, testId }: { batch: Batch; testId?: string }) {
  const { color, label, Icon } = LOOKS[batch.status];
  const text = batch.status === "completed" && batch.failed > 0 ? "Done with failures" : label;
  return (
    <Badge
      variant="light"
      color={text === label ? color : "orange"}
      leftSection={<Icon size={12} aria-hidden />}
      tt="none"
      fw={600}
      data-testid={testId}
      data-status={batch.status}
    >
      {text}
    </Badge>
  );
}
