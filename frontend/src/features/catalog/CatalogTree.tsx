import { Loader } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { formatNumber } from "../../core/format";
import { queries } from "../../queries";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Loading } from "../../ui/Loading";
import { hasFailed, MorePages } from "../../ui/MorePages";
import classes from "./CatalogTree.module.css";

interface Branch {
  /** The node whose children are listed; null for the top of the tree. */
  parent: string | null;
  /** The node that is shown beside the tree. */
  current: string | undefined;
}

/** The nodes below one, each to be opened in its turn; what is open stays open when the catalog changes. */
export function CatalogTree({ parent, current }: Branch) {
  const pages = useInfiniteQuery(queries.catalogChildren(parent));
  if (pages.isPending) {
    return (
      <Loading what="the nodes">
        <Loader size="xs" />
      </Loading>
    );
  }
  const nodes = pages.data?.pages.flatMap((page) => page.nodes) ?? [];
  return (
    <>
      {hasFailed(pages) && (
        <ErrorPanel message={pages.error?.message ?? ""} retry={() => void pages.refetch()} />
      )}
      {pages.isSuccess && parent === null && nodes.length === 0 && <Empty />}
      {nodes.length > 0 && (
        <ul className={classes.branch}>
          {nodes.map((node) => (
            <Node key={node.id} {...node} current={current} />
          ))}
        </ul>
      )}
      <MorePages pages={pages} label="More" variant="subtle" size="compact-xs" />
    </>
  );
}

function Empty() {
  return (
    <p className={classes.empty}>
      The catalog is empty.{" "}
      <Link to="/batches/new" search={{ operation: "import" }}>
        Import a file
      </Link>{" "}
      to begin with.
    </p>
  );
}

interface NodeProps {
  id: string;
  title: string;
  children?: number;
  current: string | undefined;
}

function Node({ id, title, children = 0, current }: NodeProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <li>
      <div className={classes.node} data-current={id === current || undefined}>
        {children > 0 ? (
          <button
            type="button"
            className={classes.toggle}
            aria-expanded={isOpen}
            aria-label={`${isOpen ? "Close" : "Open"} ${title}`}
            onClick={() => setIsOpen(!isOpen)}
          >
            <IconChevronRight size={14} aria-hidden data-open={isOpen || undefined} />
          </button>
        ) : (
          <span className={classes.leaf} />
        )}
        <Link
          to="/catalog"
          search={(old) => ({ ...old, node: id })}
          aria-current={id === current ? "true" : undefined}
          className={classes.link}
        >
          {title}
        </Link>
        {children > 0 && <span className={classes.count}>{formatNumber(children)}</span>}
      </div>
      {isOpen && <CatalogTree parent={id} current={current} />}
    </li>
  );
}
