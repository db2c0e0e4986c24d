import { IconAlertTriangle, IconPlugConnectedX, IconShieldCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { batchStore, isOver } from "../core/batchStore";
import type { Batch } from "../core/events";
import { formatCount, formatElapsed } from "../core/format";
import { useConnectionState } from "../hooks/useConnectionState";
import { useNow } from "../hooks/useNow";
import classes from "./BatchNotes.module.css";

/** Without news for so long, a running batch is said to stand still. */
const QUIET_SECONDS = 12;

/** What a person should know beyond the figures: why it ended, whether it moves, what was absorbed. */
export function BatchNotes({ batch }: { batch: Batch }) {
  return (
    <div className={classes.notes}>
      {batch.error && (
        <Note tone="bad" icon={<IconAlertTriangle size={17} stroke={1.9} aria-hidden />}>
          <strong>The batch could not go on.</strong> {batch.error.message}
        </Note>
      )}
      {!isOver(batch) && <Freshness batch={batch} />}
      <Absorbed batch={batch} />
    </div>
  );
}

/** Says so when what is shown may be out of date: a bar that does not move must explain itself. */
function Freshness({ batch }: { batch: Batch }) {
  const state = useConnectionState();
  useNow(true);
  const heardAt = batchStore.heardAt(batch.id);
  const quiet = heardAt === undefined ? 0 : (Date.now() - heardAt) / 1000;
  const icon = <IconPlugConnectedX size={17} stroke={1.9} aria-hidden />;
  if (state === "reconnecting" || state === "offline") {
    return (
      <Note tone="warn" icon={icon}>
        Not live: this was the state {formatElapsed(quiet)} ago. The batch does not need this page
        to go on.
      </Note>
    );
  }
  if (batch.status !== "running" || quiet < QUIET_SECONDS) return null;
  return (
    <Note tone="warn" icon={icon}>
      No news for {formatElapsed(quiet)}. A lost worker is replaced within seconds; an item may also
      take this long.
    </Note>
  );
}

function Absorbed({ batch }: { batch: Batch }) {
  const parts = [
    batch.recoveries > 0 &&
      `${formatCount(batch.recoveries, "chunks")} taken over from a lost worker`,
    batch.redeliveries > 0 && `${formatCount(batch.redeliveries, "redeliveries")} absorbed`,
  ].filter(Boolean);
  if (parts.length === 0) return null;
  return (
    <Note tone="ok" icon={<IconShieldCheck size={17} stroke={1.9} aria-hidden />}>
      {parts.join(" · ")}. No item was done twice.
    </Note>
  );
}

interface NoteProps {
  tone: "ok" | "warn" | "bad";
  icon: ReactNode;
  children: ReactNode;
}

function Note({ tone, icon, children }: NoteProps) {
  return (
    <div className={classes.note} data-tone={tone} role={tone === "ok" ? undefined : "status"}>
      {icon}
      <div>{children}</div>
    </div>
  );
}
