import { IconChevronRight } from "@tabler/icons-react";
import { formatAgo, formatCount, formatDateTime } from "../../core/format";
import type { Loop } from "../../core/wire";
import classes from "./Loops.module.css";

/** What a process does by itself: in one line whether all of it is done, and on demand when each ran last. */
export function Loops({ loops, now }: { loops: Loop[]; now: number }) {
  if (loops.length === 0) return null; // A process of an older version tells of none.
  const overdue = loops.filter(({ isOverdue }) => isOverdue).length;
  const failures = loops.reduce((sum, loop) => sum + loop.failures, 0);
  return (
    <details className={classes.details}>
      <summary className={classes.summary}>
        <IconChevronRight size={14} stroke={2} className={classes.chevron} aria-hidden />
        {formatCount(loops.length, "loops")}
        {overdue > 0 && <strong className={classes.bad}>{overdue} overdue</strong>}
        {failures > 0 && <span className="note">{formatCount(failures, "errors")}</span>}
      </summary>
      <ul className={classes.list}>
        {loops.map((loop) => (
          <One key={loop.name} loop={loop} now={now} />
        ))}
      </ul>
    </details>
  );
}

function One({ loop, now }: { loop: Loop; now: number }) {
  return (
    <li>
      <div className={classes.line}>
        <span className="mono">{loop.name}</span>
        {loop.isOverdue && <strong className={classes.bad}>overdue</strong>}
        {loop.lastRunAt ? (
          <time dateTime={loop.lastRunAt} title={formatDateTime(loop.lastRunAt)}>
            {formatAgo(loop.lastRunAt, now)}
          </time>
        ) : (
          <span className="note">not yet</span>
        )}
      </div>
      {loop.lastErrorAt && (
        <p className={classes.error}>
          {formatCount(loop.failures, "errors")}, the last {formatAgo(loop.lastErrorAt, now)}:{" "}
          {loop.lastError}
        </p>
      )}
    </li>
  );
}
