import { IconChevronRight } from "@tabler/icons-react";
import { formatMilliseconds } from "../../core/format";
import type { ItemResult } from "../../core/wire";
import { ResultDetail } from "./ResultDetail";
import classes from "./ResultRow.module.css";

const KEY_END_CHARS = 14;

interface Props {
  item: ItemResult;
  isOpen: boolean;
  toggle: () => void;
}

/** One item: its key and outcome; opened, all that came of it. */
export function ResultRow({ item, isOpen, toggle }: Props) {
  return (
    <>
      <button
        type="button"
        className={classes.row}
        data-open={isOpen || undefined}
        aria-expanded={isOpen}
        onClick={toggle}
      >
        <IconChevronRight size={14} stroke={2} className={classes.chevron} aria-hidden />
        <Key text={item.key} />
        <span className={classes.outcome} data-outcome={item.outcome}>
          {item.outcome}
        </span>
        <span className={`${classes.text} ellipsis`}>
          {item.error ? item.error.message : summarise(item.result)}
        </span>
        <span className={classes.time}>{formatMilliseconds(item.durationMs)}</span>
      </button>
      {isOpen && <ResultDetail item={item} />}
    </>
  );
}

/** A key that is cut in its middle, since neighbours mostly differ at their ends. */
function Key({ text }: { text: string }) {
  return (
    <span className={classes.key} title={text}>
      <span className="ellipsis">{text.slice(0, -KEY_END_CHARS)}</span>
      <span className={classes.end}>{text.slice(-KEY_END_CHARS)}</span>
    </span>
  );
}

// What most often says in a few words what a result is.
const TELLING = ["summary", "title", "text", "message", "name"];

function summarise(result: unknown): string {
  if (result === null || result === undefined) return "";
  if (typeof result !== "object") return String(result);
  const record = result as Record<string, unknown>;
  const telling = TELLING.map((name) => record[name]).find((value) => typeof value === "string");
  return typeof telling === "string" ? telling : JSON.stringify(result).slice(0, 200);
}
