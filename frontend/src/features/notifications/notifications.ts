import type { InfiniteData } from "@tanstack/react-query";
import type { Notification, NotificationsResponse, SystemNotification } from "../../core/wire";

export type NotificationPages = InfiniteData<NotificationsResponse>;

/** What is older than this when it arrives was missed while away: it is in the list, and no news any more. */
const NEWS_MS = 60_000;

/** The pages with a notification that has just arrived on top; the same pages if it is there already. */
export function withNew(pages: NotificationPages, news: SystemNotification): NotificationPages {
  const [first, ...rest] = pages.pages;
  if (!first || all(pages).some((one) => one.id === news.id)) return pages;
  const { eventId: _, ...told } = news;
  const added: Notification = { ...told, readAt: null };
  const notifications = [added, ...first.notifications];
  return {
    ...pages,
    pages: [{ ...first, notifications, unreadCount: first.unreadCount + 1 }, ...rest],
  };
}

/** The pages with one notification read, or all of them. */
export function withRead(
  pages: NotificationPages,
  id: string | null,
  readAt: string,
): NotificationPages {
  const isMeant = (one: Notification) => !one.readAt && (id === null || one.id === id);
  const count = id === null ? unreadCount(pages) : all(pages).filter(isMeant).length;
  return {
    ...pages,
    pages: pages.pages.map((page, index) => ({
      ...page,
      unreadCount: index === 0 ? Math.max(0, page.unreadCount - count) : page.unreadCount,
      notifications: page.notifications.map((one) => (isMeant(one) ? { ...one, readAt } : one)),
    })),
  };
}

/** All notifications that are loaded, the newest first. */
export const all = (pages: NotificationPages | undefined): Notification[] =>
  pages?.pages.flatMap((page) => page.notifications) ?? [];

/** How many are unread, also of those that are not loaded. */
export const unreadCount = (pages: NotificationPages | undefined): number =>
  pages?.pages[0]?.unreadCount ?? 0;

/**
 * Whether a notification is worth a message of its own: not that of a batch, whose end is told already, not
 * an alert, which has a banner, and not what came late.
 */
export const isNews = (one: SystemNotification, now: number): boolean =>
  one.kind === "notification" && !one.batchId && now - Date.parse(one.timestamp) < NEWS_MS;
