import { IconPlus } from "@tabler/icons-react";
import { Link, Outlet } from "@tanstack/react-router";
import { UserMenu } from "../features/account/UserMenu";
import { announceEnd, announceStart, takeEndBack } from "../features/batches/announcements";
import { useLiveUpdates } from "../features/batches/useLiveUpdates";
import { announceNotification } from "../features/notifications/announceNotification";
import { NotificationBell } from "../features/notifications/NotificationBell";
import { useLiveNotifications } from "../features/notifications/useNotifications";
import { SystemBanner } from "../features/system/SystemBanner";
import { ButtonLink } from "../ui/ButtonLink";
import { ConnectionBadge } from "../ui/ConnectionBadge";
import { Logo } from "../ui/Logo";
import { SchemeToggle } from "../ui/SchemeToggle";
import { usePageFocus } from "../ui/usePageFocus";
import classes from "./AppLayout.module.css";
import { Navigation } from "./Navigation";

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
