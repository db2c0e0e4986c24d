import { IconPlus } from "@tabler/icons-react";
import { Link, Outlet } from "@tanstack/react-router";
import { useLiveUpdates } from "../hooks/useLiveUpdates";
import { useLiveNotifications } from "../hooks/useNotifications";
import { usePageFocus } from "../hooks/usePageFocus";
import classes from "./AppLayout.module.css";
import { announceEnd, announceNotification, announceStart, takeEndBack } from "./announcements";
import { ButtonLink } from "./ButtonLink";
import { ConnectionBadge } from "./ConnectionBadge";
import { Logo } from "./Logo";
import { Navigation } from "./Navigation";
import { NotificationBell } from "./NotificationBell";
import { SchemeToggle } from "./SchemeToggle";
import { SystemBanner } from "./SystemBanner";
import { UserMenu } from "./UserMenu";

const ANNOUNCE = { created: announceStart, ended: announceEnd, reopened: takeEndBack };

/** What surrounds all pages of somebody who is logged in. */
export function AppLayout() {
  useLiveUpdates((kind, batch) => ANNOUNCE[kind](batch));
  useLiveNotifications(announceNotification);
  usePageFocus();
  return (
    <>
      <a href="#main" className="skip-link">
        Skip to the content
      </a>
      <header className={classes.header}>
        <div className={classes.inner}>
          <Link to="/batches" className={classes.home} aria-label="Batchwire: all batches">
            <Logo />
          </Link>
          <Navigation />
          <div className={classes.actions}>
            <ConnectionBadge />
            <NewBatchLink />
            <NotificationBell />
            <SchemeToggle />
            <UserMenu />
          </div>
        </div>
      </header>
      <SystemBanner />
      <main id="main" tabIndex={-1} className={classes.main}>
        <Outlet />
      </main>
    </>
  );
}

function NewBatchLink() {
  return (
    <ButtonLink
      to="/batches/new"
      aria-label="New batch"
      className={classes.create}
      leftSection={<IconPlus size={16} stroke={2.2} aria-hidden />}
      data-testid="new-batch"
    >
      New batch
    </ButtonLink>
  );
}
