import { notifications } from "@mantine/notifications";
import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconInfoCircle,
  IconPlayerPlay,
  IconX,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Batch, SystemNotification } from "../../core/events";
import type { Action } from "./actions";
import classes from "./announcements.module.css";
import { describeEnd } from "./describe";

const LOOKS = {
  started: { title: "Started", color: "blue", Icon: IconPlayerPlay },
  completed: { title: "Completed", color: "wire", Icon: IconCheck },
  mixed: { title: "Completed with failures", color: "orange", Icon: IconAlertTriangle },
  failed: { title: "Failed", color: "red", Icon: IconX },
  cancelled: { title: "Cancelled", color: "gray", Icon: IconBan },
} as const;

const SEVERITIES = {
  info: { color: "blue", Icon: IconInfoCircle },
  warning: { color: "orange", Icon: IconAlertTriangle },
  error: { color: "red", Icon: IconX },
} as const;

const REFUSALS: Record<Action, string> = {
  pause: "The batch was not paused",
  resume: "The batch was not resumed",
  retry: "The batch was not retried",
  cancel: "The batch was not cancelled",
  seal: "The batch was not closed",
};

/** Longer than good news: a reason has to be read. */
const PROBLEM_MS = 12_000;

/** Tells once that a batch has been started, whoever learns of it first: the form or the socket. */
export function announceStart(batch: Batch): void {
  show(batch, "started", "");
}

/** Tells how a batch ended, in place of the news that it had started. */
export function announceEnd(batch: Batch): void {
  notifications.hide(`started-${batch.id}`);
  const isMixed = batch.status === "completed" && batch.failed > 0;
  const look = isMixed ? "mixed" : batch.status;
  if (look in LOOKS) show(batch, look as keyof typeof LOOKS, describeEnd(batch));
}

/** Removes the news of an end that is none any more, also so that the next end is told again. */
export function takeEndBack(batch: Batch): void {
  notifications.hide(`ended-${batch.id}`);
}

/** Tells what somebody has just said to this user, or to all. */
export function announceNotification({ id, severity, title, message }: SystemNotification): void {
  const { color, Icon } = SEVERITIES[severity];
  notifications.show({
    id: `told-${id}`,
    title,
    message,
    color,
    icon: <Icon size={16} stroke={2} aria-hidden />,
    autoClose: PROBLEM_MS,
  });
}

/** Tells that something could not be done, and why. */
export function announceProblem(title: string, message: string): void {
  const icon = <IconX size={16} aria-hidden />;
  notifications.show({ title, message, color: "red", icon, autoClose: PROBLEM_MS });
}

/** Tells that the server did not do what was asked for, and why. */
export function announceRefusal(action: Action, reason: string): void {
  announceProblem(REFUSALS[action], reason);
}

function show(batch: Batch, look: keyof typeof LOOKS, detail: string): void {
  const { title, color, Icon } = LOOKS[look];
  const isShown = window.location.pathname.endsWith(`/${batch.id}`);
  notifications.show({
    id: `${look === "started" ? "started" : "ended"}-${batch.id}`,
    title: `${title}: ${batch.name}`,
    message: (
      <>
        {detail && <span className={classes.detail}>{detail}</span>}
        {!isShown && (
          <Link to="/batches/$batchId" params={{ batchId: batch.id }} className={classes.link}>
            Show the batch
          </Link>
        )}
      </>
    ),
    color,
    icon: <Icon size={16} stroke={2} aria-hidden />,
    autoClose: look === "failed" || look === "mixed" ? PROBLEM_MS : 5_000,
  });
}
