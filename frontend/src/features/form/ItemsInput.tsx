import { Text, Textarea } from "@mantine/core";
import { formatCount } from "../../core/format";
import { linesOf } from "./lines";

interface Props {
  label: string;
  value: string;
  error: string | undefined;
  onChange: (text: string) => void;
}

export function ItemsInput({ label, value, error, onChange }: Props) {
  return (
    <>
      <Textarea
        label={`The ${label}`}
        description="One in each line; empty lines do not count."
        autosize
        minRows={6}
        maxRows={18}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error}
        spellCheck={false}
        data-testid="items-input"
      />
      <Text size="xs" c="dimmed" mt={6} aria-live="polite">
        {formatCount(linesOf(value).length, label)}
      </Text>
    </>
  );
}
