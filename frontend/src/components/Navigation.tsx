import { Link } from "@tanstack/react-router";
import { ADMIN_PAGES, PAGES } from "../core/navigation";
import { useIsAdmin } from "../hooks/useSession";
import classes from "./Navigation.module.css";

/** The pages, as links in the header. */
export function Navigation() {
  const isAdmin = useIsAdmin();
  const pages = isAdmin ? [...PAGES, ...ADMIN_PAGES] : PAGES;
  return (
    <nav aria-label="Pages" className={classes.pages}>
      {pages.map(({ to, label }) => (
        <Link key={to} to={to} className={classes.page} activeProps={{ "aria-current": "page" }}>
          {label}
        </Link>
      ))}
    </nav>
  );
}
