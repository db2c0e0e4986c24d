import { SegmentedControl, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { OperationInfo } from "../../core/wire";
import { useIsAdmin } from "../../ui/useSession";
import classes from "./BatchFilters.module.css";
import { type HistorySearch, SORTS, type SortName } from "./historySearch";
import { useOperations } from "./useOperations";

const TYPING_PAUSE_MS = 250;

interface Props {
  search: HistorySearch;
  change: (changes: Partial<HistorySearch>) => void;
}

export function BatchFilters({ search, change }: Props) {
  const operations = useOperations().data ?? [];
  const isAdmin = useIsAdmin();
  return (
    <search className={classes.filters}>
      <SearchInput value={search.q ?? ""} onChange={(q) => change({ q: q || undefined })} />
      <Select
        value={search.operation ?? null}
        onChange={(operation) => change({ operation: operation ?? undefined })}
        data={choicesOf(operations, search.operation)}
        placeholder="Any operation"
        aria-label="Operation"
        clearable
        className={classes.select}
      />
      <Select
        value={search.sort ?? "newest"}
        onChange={(sort) => change({ sort: sort === "newest" ? undefined : (sort as SortName) })}
        data={Object.entries(SORTS).map(([value, { label }]) => ({ value, label }))}
        allowDeselect={false}
        aria-label="Order"
        className={classes.select}
      />
      {isAdmin && (
        <SegmentedControl
          value={search.owner ?? "me"}
          onChange={(owner) => change({ owner: owner === "all" ? "all" : undefined })}
          data={[
            { value: "me", label: "Mine" },
            { value: "all", label: "Everybody's" },
          ]}
          aria-label="Whose batches"
        />
      )}
    </search>
  );
}

/** All operations by their titles; the chosen one is among them, though its title may not be known. */
function choicesOf(operations: OperationInfo[], chosen: string | undefined) {
  const choices = operations.map(({ name, title }) => ({ value: name, label: title }));
  const isKnown = !chosen || operations.some(({ name }) => name === chosen);
  return isKnown ? choices : [...choices, { value: chosen, label: chosen }];
}

/** Keeps what is typed to itself until the person pauses. */
function SearchInput({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(value);
  const tell = useDebouncedCallback((typed: string) => onChange(typed.trim()), TYPING_PAUSE_MS);
  // The address may change by other means, such as the back button.
  useEffect(() => setText((typed) => (typed.trim() === value ? typed : value)), [value]);
  return (
    <TextInput
      type="search"
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
      placeholder="Search by name or description"
      aria-label="Search batches"
      leftSection={<IconSearch size={16} stroke={1.8} aria-hidden />}
      className={classes.text}
    />
  );
}
