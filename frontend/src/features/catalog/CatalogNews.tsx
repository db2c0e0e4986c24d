import { useCatalogNews } from "./useCatalogNews";

/** How the catalog has just changed; empty until it does. */
export function CatalogNews() {
  const news = useCatalogNews();
  return (
    <p className="note" role="status" data-testid="catalog-news">
      {news && describe(news.changes)}
    </p>
  );
}

function describe({ added, modified, deleted }: Record<"added" | "modified" | "deleted", number>) {
  const parts = [
    added > 0 && `${added} added`,
    modified > 0 && `${modified} changed`,
    deleted > 0 && `${deleted} removed`,
  ];
  const changes = parts.filter(Boolean).join(", ");
  return changes
    ? `The catalog has just changed: ${changes}`
    : "The catalog was just loaded anew; nothing has changed";
}
