import { TextInput, Title } from "@mantine/core";
import { useDebouncedValue, useDocumentTitle } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useIsAdmin } from "../../ui/useSession";
import { CatalogJobs } from "./CatalogJobs";
import { CatalogNews } from "./CatalogNews";
import { CatalogNode } from "./CatalogNode";
import classes from "./CatalogPage.module.css";
import { CatalogTree } from "./CatalogTree";
import { FoundNodes } from "./FoundNodes";

const WAIT_MS = 250;

/** The functions that batches work on, as a tree and by search; it changes as batches change it. */
export function CatalogPage() {
  useDocumentTitle("Catalog · Batchwire");
  const { q = "", kind, node } = useSearch({ from: "/app/catalog" });
  const navigate = useNavigate();
  const [text, setText] = useState(q);
  const [wanted] = useDebouncedValue(text.trim(), WAIT_MS);
  const isAdmin = useIsAdmin();
  return (
    <>
      <div className="page-head">
        <Title order={1}>Catalog</Title>
        <CatalogNews />
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
            <FoundNodes
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
