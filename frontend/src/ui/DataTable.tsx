import { Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import classes from "./DataTable.module.css";

interface Props {
  title: string;
  testId: string;
  columns: string[];
  rows: { key: string; cells: ReactNode[] }[];
  /** What stands there where there are no rows. */
  empty: string;
  /** What stands there where it is not known whether there are rows: that they are loading, or an error. */
  instead?: ReactNode;
  /** From this column on there are numbers, which stand at the right. */
  numbersFrom?: number;
  /** Stands beside the title. */
  children?: ReactNode;
}

/** A panel with a small table. */
export function DataTable({
  title,
  testId,
  columns,
  rows,
  empty,
  instead,
  numbersFrom = columns.length,
  children,
}: Props) {
  const id = useId();
  return (
    <section className={`panel ${classes.panel}`} aria-labelledby={id} data-testid={testId}>
      <div className={classes.head}>
        <Title order={2} id={id}>
          {title}
        </Title>
        {children}
      </div>
      {instead && <div className={classes.instead}>{instead}</div>}
      {rows.length === 0 && !instead && <p className={classes.empty}>{empty}</p>}
      {rows.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, with the keyboard too.
        <section className={classes.scroller} tabIndex={0} aria-label={`${title}, table`}>
          <table className={classes.table}>
            <thead>
              <tr>
                {columns.map((column, index) => (
                  <th key={column} scope="col" data-number={index >= numbersFrom || undefined}>
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ key, cells }) => (
                <tr key={key}>
                  {cells.map((cell, index) => (
                    <td key={columns[index]} data-number={index >= numbersFrom || undefined}>
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
