import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { listen } from "../../core/listen";
import type { CatalogUpdate } from "../../core/wire";
import { refreshCatalog } from "../../queries";
import { useRoom } from "../../ui/useRoom";

const ROOM = "catalog";

/** Fetches what the page shows of the catalog anew when it has changed, and tells the last change. */
export function useCatalogNews(): CatalogUpdate | null {
  const { socket } = useRoom(ROOM);
  const client = useQueryClient();
  const [news, setNews] = useState<CatalogUpdate | null>(null);

  useEffect(() => {
    if (!socket) return;
    const take = (event: CatalogUpdate) => {
      setNews(event);
      refreshCatalog(client);
    };
    return listen(socket, { "catalog:update": take, "catalog:reload": take });
  }, [socket, client]);

  return news;
}
