import { Group, Text } from "@mantine/core";
import { IconFile, IconUpload } from "@tabler/icons-react";
import { type DragEvent, useState } from "react";
import { formatBytes } from "../core/format";

interface Props {
  file: File | null;
  accept: string[];
  maxBytes: number;
  error: string | undefined;
  onFile: (file: File) => void;
}

/** Takes a file by drag and drop, by click, or by keyboard. */
export function FileDrop({ file, accept, maxBytes, error, onFile }: Props) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = event.dataTransfer.files[0];
    if (dropped) onFile(dropped);
  };
  return (
    <div>
      <label
        className={`drop ${over ? "over" : ""}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <input
          type="file"
          className="visually-hidden"
          accept={accept.join(",")}
          aria-describedby="file-rules"
          data-testid="file-input"
          onChange={(event) => {
            const chosen = event.currentTarget.files?.[0];
            if (chosen) onFile(chosen);
          }}
        />
        {file ? (
          <Group justify="center" gap="xs">
            <IconFile size={20} stroke={1.6} aria-hidden />
            <Text fw={600}>{file.name}</Text>
            <Text c="dimmed">{formatBytes(file.size)}</Text>
          </Group>
        ) : (
          <>
            <IconUpload size={26} stroke={1.5} aria-hidden />
            <Text fw={600} mt={6}>
              Drop a file here, or click to choose one
            </Text>
          </>
        )}
        <Text size="sm" c="dimmed" mt={4} id="file-rules">
          {accept.join(", ")} · up to {formatBytes(maxBytes)}
        </Text>
      </label>
      {error && (
        <Text size="sm" c="red" mt={6} role="alert">
          {error}
        </Text>
      )}
    </div>
  );
}
