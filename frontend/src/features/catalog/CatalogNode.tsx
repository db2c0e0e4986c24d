import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ApiError } from "../../core/api";
import { formatDate } from "../../core/format";
import type { NodeResponse } from "../../core/wire";
import { queries } from "../../queries";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Loading } from "../../ui/Loading";
import classes from "./CatalogNode.module.css";

/** One node of the catalog: the way to it, and what is known of it. */
export function CatalogNode({ id }: { id: string }) {
  const node = useQuery(queries.catalogNode(id));
  if (node.isPending) {
    return (
      <Loading what="the node">
        <Skeleton height={220} radius="md" />
      </Loading>
    );
  }
  const isGone = node.error instanceof ApiError && node.error.status === 404;
  return (
    <>
      {node.isError && (
        <ErrorPanel
          message={node.error.message}
          retry={isGone ? undefined : () => void node.refetch()}
        />
      )}
      {node.data && !isGone && <Known id={id} node={node.data} />}
    </>
  );
}

function Known({ id, node }: { id: string; node: NodeResponse }) {
  const { title, description, breadcrumbs } = node;
  return (
    <article className={`panel ${classes.node}`} data-testid="catalog-node">
      {breadcrumbs.length > 0 && (
        <nav aria-label="Way to this node" className={classes.way}>
          {breadcrumbs.map((above) => (
            <Link key={above.id} to="/catalog" search={(old) => ({ ...old, node: above.id })}>
              {above.title}
            </Link>
          ))}
        </nav>
      )}
      <h2>{title}</h2>
      <p className="mono">{id}</p>
      {description && <p>{description}</p>}
      <dl>
        {factsOf(node).map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </article>
  );
}

function factsOf(node: NodeResponse): [string, string][] {
  const facts: [string, string | null | undefined][] = [
    ["Kind", node.kind],
    ["Area", node.area],
    ["Tags", node.tags.join(", ")],
    ["Summary", node.summary],
    ["Keywords", node.keywords?.join(", ")],
    ["Business area", node.businessArea],
    ["Personal data", node.pii],
    ["Complexity", node.complexity],
    ["Quality", node.quality === null ? null : `${Math.round(node.quality)} of 100`],
    ["Annotated", node.annotatedAt ? formatDate(node.annotatedAt) : "not yet"],
  ];
  return facts.filter((fact): fact is [string, string] => Boolean(fact[1]));
}
