import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconBan, IconCheck, IconPlayerPlay, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Action } from "../../core/api";
import type { Batch } from "../../core/wire";
import { announceProblem, TO_BE_READ_MS } from "../../ui/announceProblem";
import classes from "./announcements.module.css";
import { describeEnd } from "./describe";

const LOOKS = {
  started: { title: "Started", color: "blue", Icon: IconPlayerPlay },
  completed: { title: "Completed", color: "wire", Icon: IconCheck },
  mixed: { title: "Completed with failures", color: "orange", Icon: IconAlertTriangle },
  failed: { title: "Failed", color: "red", Icon: IconX },
  cancelled: { title: "Cancelled", color: "gray", Icon: IconBan },
} as const;

const REFUSALS: Record<Action, string> = {
  pause: "The batch was not paused",
  resume: "The batch was not resumed",
  retry: "The batch was not retried",
  cancel: "The batch was not cancelled",
  seal: "The batch was not closed",
};

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
    autoClose: look === "failed" || look === "mixed" ? TO_BE_READ_MS : 5_000,
  });
}
