import { ActionIcon, Popover } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBell } from "@tabler/icons-react";
import { formatCount } from "../../core/format";
import classes from "./NotificationBell.module.css";
import { NotificationPanel } from "./NotificationPanel";
import { unreadCount } from "./notifications";
import { useNotifications } from "./useNotifications";

const MOST_SHOWN = 99;

/** The bell with the number of unread notifications, and the list of all behind it. */
export function NotificationBell() {
  const [isOpen, { close, toggle }] = useDisclosure(false);
  const count = unreadCount(useNotifications().data);
  const unread = count > 0 ? formatCount(count, "unread notifications") : "";
  return (
    <Popover
      opened={isOpen}
      onDismiss={close}
      position="bottom-end"
      width="min(400px, calc(100vw - 24px))"
      radius={12}
      shadow="lg"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          onClick={toggle}
          aria-label={`Notifications${count > 0 ? `, ${count} unread` : ""}`}
          data-testid="notification-bell"
          data-unread={count}
          className={classes.bell}
        >
          <IconBell size={18} stroke={1.7} aria-hidden />
          {count > 0 && (
            <span className={classes.count} aria-hidden>
              {count > MOST_SHOWN ? `${MOST_SHOWN}+` : count}
            </span>
          )}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown} aria-label="Notifications">
        <NotificationPanel close={close} />
      </Popover.Dropdown>
      <span role="status" className="visually-hidden">
        {unread}
      </span>
    </Popover>
  );
}
