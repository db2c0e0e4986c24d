import { Notifications } from "@mantine/notifications";
import { Outlet } from "@tanstack/react-router";

/** Around every page; the notifications are in here so that they may hold links. */
export function Root() {
  return (
    <>
      <Outlet />
      <Notifications position="bottom-right" limit={4} />
    </>
  );
}
