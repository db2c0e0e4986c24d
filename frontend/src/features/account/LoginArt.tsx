import classes from "./LoginArt.module.css";

const ROWS = [
  { name: "Supplier master, autumn", done: 100, failed: 0, note: "Completed" },
  { name: "Annotate finance", done: 72, failed: 2, note: "1,284/s" },
  { name: "Price list 2027", done: 41, failed: 6, note: "612/s" },
  { name: "Asset register", done: 12, failed: 0, note: "96/s" },
];

/** What the product does, drawn; only for the eye. */
export function LoginArt() {
  return (
    <div className={classes.art} aria-hidden>
      <div className={classes.content}>
        <p className={classes.claim}>Large jobs, every step live.</p>
        <p className={classes.more}>
          No frozen bars, no lost work: each item has one outcome, and each failure a reason.
        </p>
        <div className={classes.card}>
          {ROWS.map((row) => (
            <div key={row.name} className={classes.row}>
              <div className={classes.line}>
                <span>{row.name}</span>
                <span className={classes.note}>{row.note}</span>
              </div>
              <div className={classes.bar}>
                <span className={classes.ok} style={{ width: `${row.done - row.failed}%` }} />
                <span className={classes.bad} style={{ width: `${row.failed}%` }} />
              </div>
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
