import { Tooltip } from "@mantine/core";
import type { ConnectionState } from "../core/socket";
import classes from "./ConnectionBadge.module.css";
import { useConnectionState } from "./useConnectionState";

const LOOKS: Record<ConnectionState, { text: string; hint: string }> = {
  live: { text: "Live", hint: "Progress arrives as it happens" },
  connecting: { text: "Connecting", hint: "Connecting to the server" },
  recovering: {
    text: "Recovering",
    hint: "The connection was lost. What happens meanwhile is filled in when it is back.",
  },
  recovered: {
    text: "Recovered",
    hint: "The connection is back, and everything that happened meanwhile was filled in.",
  },
  stale: {
    text: "Out of date",
    hint: "What you see may be out of date. Batches run on; this page goes on trying.",
  },
};

/** Whether what the page shows is live, in words. */
export function ConnectionBadge() {
  const state = useConnectionState();
  const { text, hint } = LOOKS[state];
  return (
    <Tooltip label={hint} multiline maw={280}>
      <span
        role="status"
        aria-label={`Connection: ${text}`}
        className={classes.badge}
        data-testid="connection-state"
        data-state={state}
      >
        <i className={classes.dot} />
        {text}
      </span>
    </Tooltip>
  );
}
