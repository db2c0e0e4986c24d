import { Button } from "@mantine/core";
import {
  IconAlertTriangle,
  IconPlugConnectedX,
  IconPlus,
  IconRefresh,
  IconShieldCheck,
} from "@tabler/icons-react";
import { type ReactNode, useRef } from "react";
import { batchStore, isOver } from "../../core/batchStore";
import { formatElapsed } from "../../core/format";
import type { Batch } from "../../core/wire";
import { useConnectionState } from "../../ui/useConnectionState";
import { useKeptFocus } from "../../ui/useKeptFocus";
import { useNow } from "../../ui/useNow";
import { allows } from "../batches/actions";
import { announceRefusal } from "../batches/announcements";
import { describeAbsorbed, describeProblem, describeRetries } from "../batches/describe";
import { useBatchAction } from "../batches/useBatchAction";
import classes from "./BatchNotes.module.css";

/** Without news for so long, a running batch is said to stand still. */
const QUIET_SECONDS = 12;

/** What a person should know beyond the figures: why it ended, whether it moves, what was absorbed. */
export function BatchNotes({ batch }: { batch: Batch }) {
  const problem = describeProblem(batch);
  const retries = describeRetries(batch);
  const absorbed = describeAbsorbed(batch);
  const element = useRef<HTMLDivElement>(null);
  const { act, pending } = useBatchAction(batch.id, announceRefusal);
  useKeptFocus(element, pending !== null);
  return (
    <div ref={element} className={classes.notes} tabIndex={-1}>
      {problem && (
        <Note tone="bad" Icon={IconAlertTriangle} testId="batch-problem">
          <strong>{problem.title}</strong> {problem.reason}
        </Note>
      )}
      {allows(batch, "seal") && <Open isBusy={pending !== null} close={() => act("seal")} />}
      {!isOver(batch) && <Freshness batch={batch} />}
      {retries && (
        <Note tone="idle" Icon={IconRefresh}>
          {retries}
        </Note>
      )}
      {absorbed && (
        <Note tone="ok" Icon={IconShieldCheck}>
          {absorbed}
        </Note>
      )}
    </div>
  );
}

/** Says that the batch is not complete yet, and lets one say that it is. */
function Open({ isBusy, close }: { isBusy: boolean; close: () => void }) {
  return (
    <Note
      tone="idle"
      Icon={IconPlus}
      action={
        <Button
          variant="default"
          size="xs"
          loading={isBusy}
          aria-busy={isBusy}
          onClick={close}
          data-testid="batch-seal"
        >
          No more items
        </Button>
      }
    >
      <strong>This batch is open.</strong> It ends once it is said that there are no more items.
    </Note>
  );
}

/** Says so when what is shown may be out of date: a bar that does not move must explain itself. */
function Freshness({ batch }: { batch: Batch }) {
  const state = useConnectionState();
  useNow(true);
  const heardAt = batchStore.heardAt(batch.id);
  const quiet = heardAt === undefined ? 0 : (Date.now() - heardAt) / 1000;
  if (state === "recovering" || state === "stale") {
    return (
      <Note tone="warn" Icon={IconPlugConnectedX}>
        Not live: this was the state {formatElapsed(quiet)} ago. The batch does not need this page
        to go on.
      </Note>
    );
  }
  // An open batch may just have nothing to do.
  if (batch.status !== "running" || !batch.sealed || quiet < QUIET_SECONDS) return null;
  return (
    <Note tone="warn" Icon={IconPlugConnectedX}>
      No news for {formatElapsed(quiet)}. A lost worker is replaced within seconds; an item may also
      take this long.
    </Note>
  );
}

interface NoteProps {
  tone: "ok" | "idle" | "warn" | "bad";
  Icon: typeof IconPlus;
  /** What can be done about it. */
  action?: ReactNode;
  testId?: string;
  children: ReactNode;
}

function Note({ tone, Icon, action, testId, children }: NoteProps) {
  const isUrgent = tone === "warn" || tone === "bad";
  return (
    <div
      className={classes.note}
      data-tone={tone}
      role={isUrgent ? "status" : undefined}
      data-testid={testId}
    >
      <Icon size={17} stroke={1.9} aria-hidden />
      <div className={classes.text}>{children}</div>
      {action}
    </div>
  );
}
