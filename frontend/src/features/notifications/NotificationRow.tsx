import { ActionIcon, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconCircleX, IconInfoCircle } from "@tabler/icons-react";
import { useRouter } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import { formatAgo, formatDateTime } from "../../core/format";
import type { Notification } from "../../core/wire";
import { focusAround } from "../../ui/focusAround";
import classes from "./NotificationRow.module.css";

const ICONS = { info: IconInfoCircle, warning: IconAlertTriangle, error: IconCircleX };
const WORDS = { info: "", warning: "Warning: ", error: "Error: " };

interface Props {
  notification: Notification;
  /** The server's time, from which ages are told. */
  now: number;
  markRead: () => void;
  close: () => void;
}

/** One notification; its link leads to what it is about, and marks it as read. */
export function NotificationRow({ notification, now, markRead, close }: Props) {
  const { severity, title, message, link, timestamp, readAt } = notification;
  const Icon = ICONS[severity];
  const router = useRouter();
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    if (!readAt) markRead();
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    close();
    // A path that somebody wrote need not be one that the router knows.
    router.history.push(link);
  };
  return (
    <div
      className={classes.row}
      data-unread={!readAt || undefined}
      data-severity={severity}
      data-testid="notification"
    >
      <Icon size={17} stroke={1.8} className={classes.icon} aria-hidden />
      <div className={classes.text}>
        <div className={classes.title}>
          <span className="visually-hidden">
            {readAt ? "" : "Unread. "}
            {WORDS[severity]}
          </span>
          {link ? (
            <a href={link} onClick={follow} className={classes.link}>
              {title}
            </a>
          ) : (
            title
          )}
        </div>
        {message && <div className={classes.message}>{message}</div>}
        <time dateTime={timestamp} title={formatDateTime(timestamp)} className={classes.time}>
          {formatAgo(timestamp, now)}
        </time>
      </div>
      {!readAt && (
        <Tooltip label="Mark as read">
          <ActionIcon
            variant="subtle"
            color="gray"
            size={28}
            onClick={(event) => {
              // What is read has no button any more.
              focusAround(event.currentTarget);
              markRead();
            }}
            aria-label={`Mark as read: ${title}`}
          >
            <IconCheck size={16} stroke={1.8} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}
