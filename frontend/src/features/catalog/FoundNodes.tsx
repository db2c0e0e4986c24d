import { Loader, Select } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { formatCount } from "../../core/format";
import { queries } from "../../queries";
import { ErrorPanel } from "../../ui/ErrorPanel";
import classes from "./FoundNodes.module.css";

interface Props {
  text: string;
  kind: string | undefined;
  onKind: (kind: string | null) => void;
}

/** The nodes that a search finds, to be narrowed by their kind. */
export function FoundNodes({ text, kind, onKind }: Props) {
  const found = useQuery({
    ...queries.catalogSearch({ q: text, kind }),
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
