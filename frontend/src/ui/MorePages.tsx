import { Button, type ButtonProps } from "@mantine/core";
import { useRef } from "react";
import classes from "./MorePages.module.css";
import { useKeptFocus } from "./useKeptFocus";

interface Props extends ButtonProps {
  /** A list that is loaded page by page. */
  pages: {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    isFetchNextPageError: boolean;
    error: Error | null;
    fetchNextPage: () => Promise<unknown>;
  };
  label: string;
  /** Whether the next page is loaded without being asked for; the label then says so, and is no button. */
  isAutomatic?: boolean;
}

/** The way to the next page of a list; what is there stays where that page cannot be loaded. */
export function MorePages({ pages, label, isAutomatic = false, ...button }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const problem = pages.isFetchNextPageError ? pages.error?.message : undefined;
  const hasButton = pages.hasNextPage && (!isAutomatic || problem !== undefined);
  // With the last page the button goes away.
  useKeptFocus(element, hasButton && pages.isFetchingNextPage);
  return (
    <div ref={element} tabIndex={-1} className={classes.more}>
      {problem && (
        <p role="alert" className={classes.problem}>
          {problem}
        </p>
      )}
      {pages.hasNextPage && !hasButton && <p className={classes.label}>{label}</p>}
      {hasButton && (
        <Button
          variant="default"
          size="xs"
          {...button}
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {problem ? "Try again" : label}
        </Button>
      )}
    </div>
  );
}

/** Whether what a list already had, or should have had, could not be loaded; not its next page. */
export const hasFailed = (pages: { isError: boolean; isFetchNextPageError: boolean }): boolean =>
  pages.isError && !pages.isFetchNextPageError;
