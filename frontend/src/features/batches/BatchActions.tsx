import { type ReactNode, useRef, useState } from "react";
import { isOver } from "../../core/batchStore";
import type { Batch } from "../../core/wire";
import { useKeptFocus } from "../../ui/useKeptFocus";
import { ActionButton } from "./ActionButton";
import { allows, mainAction } from "./actions";
import { announceRefusal } from "./announcements";
import classes from "./BatchActions.module.css";
import { CancelDialog } from "./CancelDialog";
import { useBatchAction } from "./useBatchAction";

interface Props {
  batch: Batch;
  /** Icons with hints in place of buttons, for a row of a list. */
  isCompact?: boolean;
  /** What else can be done, after the buttons. */
  children?: ReactNode;
}

/** What the state of a batch lets one do with it. */
export function BatchActions({ batch, isCompact = false, children }: Props) {
  const group = useRef<HTMLFieldSetElement>(null);
  const { act, pending } = useBatchAction(batch.id, announceRefusal);
  const [isAsking, setAsking] = useState(false);
  const restoreFocus = useKeptFocus(group, pending !== null);
  // One slot for all three, so that the button stays the same and keeps the focus.
  const main = mainAction(batch);
  const common = { batch, isCompact };

  return (
    <fieldset
      ref={group}
      aria-label={`Actions for ${batch.name}`}
      tabIndex={-1}
      className={classes.actions}
      data-compact={isCompact || undefined}
    >
      {main && (
        <ActionButton
          {...common}
          action={main}
          // The news may come before the answer: it is busy still, though it has become another one.
          isBusy={pending !== null && pending !== "cancel"}
          onClick={() => act(main)}
        />
      )}
      {allows(batch, "cancel") && (
        <ActionButton
          {...common}
          action="cancel"
          isBusy={pending === "cancel"}
          onClick={() => setAsking(true)}
        />
      )}
      {children}
      <CancelDialog
        batch={batch}
        isOpen={isAsking && !isOver(batch)}
        isBusy={pending !== null}
        close={() => setAsking(false)}
        onClosed={restoreFocus}
        confirm={() => act("cancel", () => setAsking(false))}
      />
    </fieldset>
  );
}
