import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api } from "../../core/api";
import { serverNow } from "../../core/clock";
import { listen } from "../../core/listen";
import type { SystemNotification } from "../../core/wire";
import { queries, refreshNotifications } from "../../queries";
import { useWebSocket } from "../../ui/useWebSocket";
import { isNews, withNew, withRead } from "./notifications";

/** What the user was told, page by page, the newest first. */
export function useNotifications() {
  return useInfiniteQuery(queries.notifications());
}

/** Marks one notification as read, or all: at once on the page, and taken back where the server refuses. */
export function useMarkRead(onRefused: (reason: string) => void): (id: string | null) => void {
  const client = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: (id: string | null) =>
      id === null ? api.readAllNotifications() : api.readNotification(id),
    onMutate: async (id) => {
      const { queryKey } = queries.notifications();
      await client.cancelQueries({ queryKey });
      const readAt = new Date(serverNow()).toISOString();
      client.setQueryData(queryKey, (pages) => pages && withRead(pages, id, readAt));
    },
    onError: (error) => {
      onRefused(error.message);
      refreshNotifications(client);
    },
  });
  return mutate;
}

/**
 * Adds what arrives to the list. To be used once per page.
 *
 * @param onNews Told what is worth a message of its own.
 */
export function useLiveNotifications(onNews: (notification: SystemNotification) => void): void {
  const { socket, state } = useWebSocket();
  const client = useQueryClient();
  const tell = useRef(onNews);
  useEffect(() => {
    tell.current = onNews;
  });

  useEffect(() => {
    if (!socket) return;
    const take = (notification: SystemNotification) => {
      const { queryKey } = queries.notifications();
      client.setQueryData(queryKey, (pages) => pages && withNew(pages, notification));
      if (isNews(notification, serverNow())) tell.current(notification);
    };
    return listen(socket, { "system:notification": take, "system:alert": take });
  }, [socket, client]);

  useEffect(() => {
    // What was read elsewhere meanwhile is told by no event.
    if (state === "recovered") refreshNotifications(client);
  }, [state, client]);
}
