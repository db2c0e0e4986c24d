import { Skeleton } from "@mantine/core";
import { MorePages } from "../../ui/MorePages";
import classes from "./BatchList.module.css";
import { BatchRow } from "./BatchRow";
import { NoBatches } from "./NoBatches";
import type { useHistory } from "./useHistory";

const SKELETON_ROWS = ["a", "b", "c", "d", "e"];

interface Props {
  pages: ReturnType<typeof useHistory>;
  isFiltered: boolean;
  clear: () => void;
}

/** The batches that are loaded, or what stands there while or because there are none. */
export function BatchList({ pages, isFiltered, clear }: Props) {
  const batches = pages.data?.pages.flatMap((page) => page.batches) ?? [];
  return (
    <>
      {pages.isPending ? (
        <Loading />
      ) : batches.length > 0 ? (
        <ul className={`panel ${classes.list}`} data-stale={pages.isPlaceholderData || undefined}>
          {batches.map((batch) => (
            <li key={batch.id}>
              <BatchRow initial={batch} />
            </li>
          ))}
        </ul>
      ) : (
        !pages.isError && <NoBatches isFiltered={isFiltered} clear={clear} />
      )}
      <MorePages pages={pages} label="Show more" size="sm" mt="md" />
    </>
  );
}

function Loading() {
  return (
    <ul className={`panel ${classes.list}`} aria-hidden>
      {SKELETON_ROWS.map((row) => (
        <li key={row} className={classes.skeleton}>
          <Skeleton height={34} width={34} radius={8} />
          <div>
            <Skeleton height={12} width="38%" mb={9} />
            <Skeleton height={9} width="22%" />
          </div>
          <Skeleton height={6} width={220} visibleFrom="sm" />
        </li>
      ))}
    </ul>
  );
}
