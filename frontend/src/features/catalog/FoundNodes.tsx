import { Loader, Select } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { formatCount } from "../../core/format";
import { queries } from "../../queries";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Loading } from "../../ui/Loading";
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
  if (found.isPending) {
    return (
      <Loading what="what was found">
        <Loader size="xs" />
      </Loading>
    );
  }
  if (!found.data) {
    return <ErrorPanel message={found.error.message} retry={() => void found.refetch()} />;
  }
  const kinds = Object.entries(found.data.facets.kind ?? {}).map(([value, count]) => ({
    value,
    label: `${value} (${count})`,
  }));
  // What it is narrowed to can be seen and let go, also where nothing is of that kind.
  if (kind && !kinds.some(({ value }) => value === kind)) kinds.push({ value: kind, label: kind });
  return (
    <>
      {found.isError && (
        <ErrorPanel message={found.error.message} retry={() => void found.refetch()} />
      )}
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
        data={kinds}
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
