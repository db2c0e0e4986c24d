import type { Notification } from "../core/wire";
import type { NotificationPages } from "../features/notifications/notifications";

/** A notification that was not read. */
export const aNotification = (id: string, changes: Partial<Notification> = {}): Notification => ({
  id,
  kind: "notification",
  severity: "info",
  title: `News ${id}`,
  message: "Something has happened",
  link: null,
  batchId: null,
  timestamp: "2026-01-01T10:00:00Z",
  readAt: null,
  ...changes,
});

/** Pages of unread notifications with these ids. */
export function somePages(...pages: string[][]): NotificationPages {
  const unread = pages.flat().length;
  return {
    pages: pages.map((ids, index) => ({
      success: true,
      notifications: ids.map((id) => aNotification(id)),
      unreadCount: unread,
      limit: 20,
      nextCursor: index < pages.length - 1 ? (ids.at(-1) ?? null) : null,
    })),
    pageParams: pages.map((_, index) => pages[index - 1]?.at(-1) ?? null),
  };
}
