import { Loader, Select, TextInput, Title } from "@mantine/core";
import { useDebouncedValue, useDocumentTitle } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../core/api";
import { formatCount } from "../../core/format";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useIsAdmin } from "../../ui/useSession";
import { CatalogJobs } from "./CatalogJobs";
import { CatalogNode } from "./CatalogNode";
import classes from "./CatalogPage.module.css";
import { CatalogTree } from "./CatalogTree";
import { CATALOG_KEY, useCatalogNews } from "./useCatalogNews";

const WAIT_MS = 250;

/** The functions that batches work on, as a tree and by search; it changes as batches change it. */
export function CatalogPage() {
  useDocumentTitle("Catalog · Batchwire");
  const { q = "", kind, node } = useSearch({ from: "/app/catalog" });
  const navigate = useNavigate();
  const [text, setText] = useState(q);
  const [wanted] = useDebouncedValue(text.trim(), WAIT_MS);
  const news = useCatalogNews();
  const isAdmin = useIsAdmin();
  return (
    <>
      <div className="page-head">
        <Title order={1}>Catalog</Title>
        <p className="note" role="status" data-testid="catalog-news">
          {news && describe(news.changes)}
        </p>
        {isAdmin && <CatalogJobs />}
      </div>
      <div className={classes.columns}>
        <section className={`panel ${classes.left}`} aria-label="Nodes">
          <TextInput
            aria-label="Search the catalog"
            placeholder="Search"
            leftSection={<IconSearch size={15} aria-hidden />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            data-testid="catalog-search"
          />
          {/* Out of sight it stays as it is: what was open is open when the search ends. */}
          <div hidden={wanted !== ""} data-testid="catalog-tree" className={classes.tree}>
            <CatalogTree parent={null} current={node} />
          </div>
          {wanted && (
            <Found
              text={wanted}
              kind={kind}
              onKind={(value) =>
                navigate({
                  to: "/catalog",
                  search: (old) => ({ ...old, kind: value ?? undefined }),
                  replace: true,
                })
              }
            />
          )}
        </section>
        <section aria-label="Node">
          {node ? (
            <CatalogNode id={node} />
          ) : (
            <p className={`panel ${classes.hint}`}>Choose a node to see what is known of it.</p>
          )}
        </section>
      </div>
    </>
  );
}

interface FoundProps {
  text: string;
  kind: string | undefined;
  onKind: (kind: string | null) => void;
}

function Found({ text, kind, onKind }: FoundProps) {
  const found = useQuery({
    queryKey: [CATALOG_KEY, "search", text, kind],
    queryFn: () => api.catalogSearch({ q: text, kind }),
    placeholderData: keepPreviousData,
  });
  if (found.isPending) return <Loader size="xs" aria-label="Loading" />;
  if (found.isError) {
    return <ErrorPanel message={found.error.message} retry={() => void found.refetch()} />;
  }
  const kinds = Object.entries(found.data.facets.kind ?? {});
  return (
    <>
      <p className="note" role="status">
        {found.data.total === 0 ? "Nothing was found" : formatCount(found.data.total, "nodes")}
      </p>
      <Select
        aria-label="Kind"
        placeholder="Any kind"
        clearable
        size="xs"
        value={kind ?? null}
        onChange={onKind}
        data={kinds.map(([value, count]) => ({ value, label: `${value} (${count})` }))}
      />
      <ul className={classes.found}>
        {found.data.nodes.map((node) => (
          <li key={node.id}>
            <Link to="/catalog" search={(old) => ({ ...old, node: node.id })}>
              {node.title}
              <span className="mono">{node.id}</span>
            </Link>
          </li>
        ))}
      </ul>
    </>
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
