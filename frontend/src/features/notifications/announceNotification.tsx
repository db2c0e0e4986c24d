import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconInfoCircle, IconX } from "@tabler/icons-react";
import type { SystemNotification } from "../../core/wire";
import { TO_BE_READ_MS } from "../../ui/announceProblem";

const SEVERITIES = {
  info: { color: "blue", Icon: IconInfoCircle },
  warning: { color: "orange", Icon: IconAlertTriangle },
  error: { color: "red", Icon: IconX },
} as const;

/** Tells what somebody has just said to this user, or to all. */
export function announceNotification({ id, severity, title, message }: SystemNotification): void {
  const { color, Icon } = SEVERITIES[severity];
  notifications.show({
    id: `told-${id}`,
    title,
    message,
    color,
    icon: <Icon size={16} stroke={2} aria-hidden />,
    autoClose: TO_BE_READ_MS,
  });
}
