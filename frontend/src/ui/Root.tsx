import { Notifications } from "@mantine/notifications";
import { Outlet } from "@tanstack/react-router";
import classes from "./Root.module.css";

/** Around every page; the notifications are in here so that they may hold links. */
export function Root() {
  return (
    <>
      <Outlet />
      <Notifications position="bottom-right" limit={4} className={classes.notifications} />
    </>
  );
}
