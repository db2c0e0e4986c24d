import type { ReactNode } from "react";
import classes from "./Loading.module.css";

interface Props {
  /** As in "Loading the batch". */
  what: string;
  /** Shapes of what will be there. */
  children: ReactNode;
}

/** Stands where something is being loaded: its shape for the eye, and the same in words. */
export function Loading({ what, children }: Props) {
  return (
    <div role="status" className={classes.loading}>
      <span className="visually-hidden">{`Loading ${what}`}</span>
      <div aria-hidden>{children}</div>
    </div>
  );
}
