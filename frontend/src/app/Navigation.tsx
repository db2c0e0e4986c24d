import { Link } from "@tanstack/react-router";
import { useIsAdmin } from "../ui/useSession";
import classes from "./Navigation.module.css";
import { ADMIN_PAGES, PAGES } from "./navigation";

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
