import { Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./FormSection.module.css";

interface Props {
  title: string;
  hint?: string;
  children: ReactNode;
}

/** A part of a form, with its title at its side where there is room. */
export function FormSection({ title, hint, children }: Props) {
  return (
    <section className={classes.section}>
      <div className={classes.side}>
        <Title order={2}>{title}</Title>
        {hint && <p className={classes.hint}>{hint}</p>}
      </div>
      <div className={`panel ${classes.body}`}>{children}</div>
    </section>
  );
}
