import { useVirtualizer } from "@tanstack/react-virtual";
import { type ComponentProps, useEffect, useRef, useState } from "react";
import type { ItemResult } from "../../core/wire";
import { MorePages } from "../../ui/MorePages";
import { ResultRow } from "./ResultRow";
import classes from "./ResultRows.module.css";

const ROW_PX = 41;
const ROWS_AHEAD = 25;

interface Props {
  items: ItemResult[];
  /** From where they come; the next page is loaded as its rows come near. */
  pages: ComponentProps<typeof MorePages>["pages"] & { isFetching: boolean };
}

/** A list of any length, of which only what can be seen is in the document. */
export function ResultRows({ items, pages }: Props) {
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
  const { fetchNextPage, hasNextPage, isFetching, isFetchNextPageError } = pages;
  // Of a page that could not be loaded a person decides: it would else be asked for without end.
  const isReady = hasNextPage && !isFetching && !isFetchNextPageError;
  useEffect(() => {
    if (isReady && last >= items.length - ROWS_AHEAD) void fetchNextPage();
  }, [isReady, last, items.length, fetchNextPage]);

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
      <div className={classes.more}>
        <MorePages pages={pages} label="More are loaded as you scroll" isAutomatic />
      </div>
    </>
  );
}
