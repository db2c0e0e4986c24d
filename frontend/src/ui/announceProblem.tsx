import { notifications } from "@mantine/notifications";
import { IconX } from "@tabler/icons-react";

/** How long a message stays that gives a reason: longer than good news, since it has to be read. */
export const TO_BE_READ_MS = 12_000;

/** Tells that something could not be done, and why. */
export function announceProblem(title: string, message: string): void {
  const icon = <IconX size={16} aria-hidden />;
  notifications.show({ title, message, color: "red", icon, autoClose: TO_BE_READ_MS });
}
