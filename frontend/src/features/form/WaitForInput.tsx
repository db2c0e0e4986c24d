import { MultiSelect, Text } from "@mantine/core";
import { batchStore } from "../../core/batchStore";
import { formatAgo } from "../../core/format";
import type { Batch } from "../../core/wire";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useNow } from "../../ui/useNow";
import { describeState } from "../batches/describe";
import { MAX_DEPENDENCIES } from "./advanced";
import { useUnfinishedBatches } from "./useUnfinishedBatches";

interface Props {
  /** Ids of batches. */
  value: string[];
  isShown: boolean;
  error: string | undefined;
  onChange: (value: string[]) => void;
}

/** Chooses batches, of one's own that have not ended, that must be completed before the new one starts. */
export function WaitForInput({ value, isShown, error, onChange }: Props) {
  const unfinished = useUnfinishedBatches(isShown);
  const batches = unfinished.data ?? [];
  const now = useNow(isShown, 10_000);
  const known = new Map(batches.map((batch) => [batch.id, batch]));
  const choices = batches.map(({ id, name }) => ({ value: id, label: name }));
  // What was chosen stays chosen, though it may have ended meanwhile.
  const gone = value
    .filter((id) => !known.has(id))
    .map((id) => ({ value: id, label: batchStore.get(id)?.name ?? id }));
  const problem = unfinished.isError
    ? `The batches could not be loaded: ${unfinished.error.message}`
    : undefined;
  return (
    <>
      <MultiSelect
        label="Start after"
        description="Starts once all of these are completed; if one of them fails, it does not start."
        placeholder={value.length > 0 || problem ? undefined : describeOffer(unfinished.data)}
        data={[...choices, ...gone]}
        value={value}
        maxValues={MAX_DEPENDENCIES}
        searchable
        clearable
        hidePickedOptions
        nothingFoundMessage="No unfinished batch has this name"
        error={error}
        onChange={onChange}
        renderOption={({ option }) => {
          const batch = known.get(option.value);
          return (
            <div>
              <div>{option.label}</div>
              {batch && (
                <Text size="xs" c="dimmed">
                  {describeState(batch)}
                  {` · created ${formatAgo(batch.createdAt, now)}`}
                </Text>
              )}
            </div>
          );
        }}
        data-testid="field-dependsOn"
      />
      {problem && <ErrorPanel message={problem} retry={() => void unfinished.refetch()} />}
    </>
  );
}

/** What there is to choose from. */
function describeOffer(batches: Batch[] | undefined): string {
  if (!batches) return "Loading the batches";
  return batches.length > 0 ? "Nothing" : "No batch is unfinished";
}
