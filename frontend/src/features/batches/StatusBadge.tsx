import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconClock,
  IconPlayerPauseFilled,
  IconX,
} from "@tabler/icons-react";
import type { Batch } from "../../core/wire";
import classes from "./StatusBadge.module.css";

const LOOKS = {
  pending: { tone: "idle", label: "Waiting", Icon: IconClock },
  running: { tone: "run", label: "Running", Icon: null },
  paused: { tone: "warn", label: "Paused", Icon: IconPlayerPauseFilled },
  completed: { tone: "ok", label: "Completed", Icon: IconCheck },
  failed: { tone: "bad", label: "Failed", Icon: IconX },
  cancelled: { tone: "idle", label: "Cancelled", Icon: IconBan },
} as const;

const WITH_FAILURES = {
  tone: "warn",
  label: "Completed with failures",
  Icon: IconAlertTriangle,
} as const;

interface Props {
  batch: Pick<Batch, "status" | "failed">;
  testId?: string;
}

/** The status in words, with an icon and a colour that say the same. */
export function StatusBadge({ batch, testId }: Props) {
  const isMixed = batch.status === "completed" && batch.failed > 0;
  const { tone, label, Icon } = isMixed ? WITH_FAILURES : LOOKS[batch.status];
  return (
    <span
      className={classes.badge}
      data-tone={tone}
      data-testid={testId}
      data-status={batch.status}
    >
      {Icon ? <Icon size={13} stroke={2.2} aria-hidden /> : <i className={classes.pulse} />}
      {label}
    </span>
  );
}
