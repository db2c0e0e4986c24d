import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import type { ItemResult } from "../../core/wire";
import { ResultRow } from "./ResultRow";
import classes from "./ResultRows.module.css";

const ROW_PX = 41;
const ROWS_AHEAD = 25;

interface Props {
  items: ItemResult[];
  hasMore: boolean;
  loadMore: () => void;
}

/** A list of any length, of which only what can be seen is in the document. */
export function ResultRows({ items, hasMore, loadMore }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    getItemKey: (index) => items[index]?.position ?? index,
    useFlushSync: false,
  });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= items.length - ROWS_AHEAD) loadMore();
  }, [hasMore, last, items.length, loadMore]);

  const toggle = (position: number) =>
    setOpen((old) => {
      const next = new Set(old);
      if (!next.delete(position)) next.add(position);
      return next;
    });

  return (
    <>
      <div className={classes.head} aria-hidden>
        <span />
        <span>Item</span>
        <span>Outcome</span>
        <span>Result</span>
        <span className={classes.right}>Time</span>
      </div>
      <section
        ref={scroller}
        className={classes.scroller}
        aria-label="Results, scrollable"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
      >
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {visible.map((row) => {
            const item = items[row.index];
            return (
              item && (
                <div
                  key={row.key}
                  ref={rows.measureElement}
                  data-index={row.index}
                  className={classes.place}
                  style={{ transform: `translateY(${row.start}px)` }}
                >
                  <ResultRow
                    item={item}
                    isOpen={open.has(item.position)}
                    toggle={() => toggle(item.position)}
                  />
                </div>
              )
            );
          })}
        </div>
      </section>
      {hasMore && <p className={classes.more}>More are loaded as you scroll</p>}
    </>
  );
}
