import { Button } from "@mantine/core";
import { IconAlertTriangle, IconBellRinging, IconTool } from "@tabler/icons-react";
import { announceProblem } from "../../ui/announceProblem";
import { focusAround } from "../../ui/focusAround";
import { all } from "../notifications/notifications";
import { useMarkRead, useNotifications } from "../notifications/useNotifications";
import classes from "./SystemBanner.module.css";
import { useSystemStatus } from "./useSystemStatus";

const TONES = { info: "idle", warning: "warn", error: "bad" } as const;

/** Above every page: maintenance, parts of the system that are away, and the newest unread alert. */
export function SystemBanner() {
  const status = useSystemStatus();
  const { data } = useNotifications();
  const markRead = useMarkRead((reason) => announceProblem("The alert was not put away", reason));
  const alert = all(data).find((one) => one.kind === "alert" && !one.readAt);
  const isOk = !status || status.status === "ok";
  // It is there from the start, so that what comes into it is read out.
  return (
    <div role="status">
      {!isOk && (
        <div
          className={classes.banner}
          data-tone={TONES[status.severity]}
          data-testid="system-banner"
          data-status={status.status}
        >
          {status.status === "maintenance" ? (
            <IconTool size={17} stroke={1.8} aria-hidden />
          ) : (
            <IconAlertTriangle size={17} stroke={1.8} aria-hidden />
          )}
          <p className={classes.text}>
            <strong>{status.title}</strong> {status.message}
          </p>
        </div>
      )}
      {alert && (
        <div
          className={classes.banner}
          data-tone={TONES[alert.severity]}
          data-testid="alert-banner"
        >
          <IconBellRinging size={17} stroke={1.8} aria-hidden />
          <p className={classes.text}>
            <strong>{alert.title}</strong> {alert.message}
          </p>
          <Button
            variant="default"
            size="compact-xs"
            aria-label={`Put away: ${alert.title}`}
            onClick={(event) => {
              focusAround(event.currentTarget);
              markRead(alert.id);
            }}
          >
            Put away
          </Button>
        </div>
      )}
    </div>
  );
}
