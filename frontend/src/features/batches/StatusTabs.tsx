import { useQuery } from "@tanstack/react-query";
import { formatNumber } from "../../core/format";
import type { Status } from "../../core/wire";
import { queries } from "../../queries";
import { STATUSES } from "./historySearch";
import classes from "./StatusTabs.module.css";

const LABELS: Record<Status, string> = {
  pending: "Waiting",
  running: "Running",
  paused: "Paused",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

// Shown even while there is none; the rarer ones appear when there are any.
const ALWAYS: Status[] = ["running", "completed", "failed"];

interface Props {
  value: Status | undefined;
  onChange: (status: Status | undefined) => void;
  /** The counts are those of one's own batches; among everybody's they would mislead. */
  hasCounts: boolean;
}

/** Chooses batches by status, and tells how many there are of each. */
export function StatusTabs({ value, onChange, hasCounts }: Props) {
  const stats = useQuery({ ...queries.stats(), enabled: hasCounts });
  const known = hasCounts ? stats.data : undefined;
  const counts = known?.byStatus ?? {};
  const shown = STATUSES.filter(
    (status) => ALWAYS.includes(status) || counts[status] || status === value,
  );
  return (
    <fieldset className={classes.tabs} aria-label="Status">
      <Tab
        label="All"
        count={known?.total}
        isChosen={value === undefined}
        choose={() => onChange(undefined)}
      />
      {shown.map((status) => (
        <Tab
          key={status}
          label={LABELS[status]}
          count={known && (counts[status] ?? 0)}
          isChosen={value === status}
          choose={() => onChange(status)}
        />
      ))}
    </fieldset>
  );
}

interface TabProps {
  label: string;
  count: number | undefined;
  isChosen: boolean;
  choose: () => void;
}

function Tab({ label, count, isChosen, choose }: TabProps) {
  return (
    <button type="button" className={classes.tab} aria-pressed={isChosen} onClick={choose}>
      {label}
      {count !== undefined && <span className={classes.count}>{formatNumber(count)}</span>}
    </button>
  );
}
