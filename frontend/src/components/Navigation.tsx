import { Link } from "@tanstack/react-router";
import { PAGES } from "../core/navigation";
import classes from "./Navigation.module.css";

/** The pages, as links in the header. */
export function Navigation() {
  return (
    <nav aria-label="Pages" className={classes.pages}>
      {PAGES.map(({ to, label }) => (
        <Link key={to} to={to} className={classes.page} activeProps={{ "aria-current": "page" }}>
          {label}
        </Link>
      ))}
    </nav>
  );
}
