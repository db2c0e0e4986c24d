import { Button } from "@mantine/core";
import { IconFileText, IconUpload } from "@tabler/icons-react";
import { type DragEvent, useId, useState } from "react";
import { formatBytes } from "../../core/format";
import classes from "./FileDrop.module.css";

interface Props {
  file: File | null;
  accept: string[];
  maxBytes: number;
  error: string | undefined;
  /** How much has been sent, from 0 to 1; null while nothing is being sent. */
  sent: number | null;
  onFile: (file: File) => void;
}

/** Takes a file by drag and drop, by click, or by keyboard. */
export function FileDrop({ file, accept, maxBytes, error, sent, onFile }: Props) {
  const [isOver, setOver] = useState(false);
  const isSending = sent !== null;
  const rules = useId();
  const problem = useId();
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = event.dataTransfer.files[0];
    if (dropped && !isSending) onFile(dropped);
  };
  return (
    <div>
      <label
        className={classes.drop}
        data-over={isOver || undefined}
        data-filled={file ? true : undefined}
        data-error={error ? true : undefined}
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
          aria-label="File"
          aria-describedby={`${rules} ${problem}`}
          aria-invalid={error ? true : undefined}
          disabled={isSending}
          data-testid="file-input"
          onChange={(event) => {
            const chosen = event.currentTarget.files?.[0];
            if (chosen) onFile(chosen);
          }}
        />
        {file ? <Chosen file={file} sent={sent} /> : <Invitation />}
        <span id={rules} className={classes.rules}>
          {accept.length > 0 ? `${accept.join(" ")} · up to ` : "Up to "}
          {formatBytes(maxBytes)}
        </span>
      </label>
      <div id={problem} className={classes.problem} role={error ? "alert" : undefined}>
        {error}
      </div>
    </div>
  );
}

function Invitation() {
  return (
    <>
      <IconUpload size={24} stroke={1.6} aria-hidden />
      <span className={classes.call}>
        Drop a file here, or <u>choose one</u>
      </span>
    </>
  );
}

function Chosen({ file, sent }: { file: File; sent: number | null }) {
  return (
    <span className={classes.chosen}>
      <IconFileText size={22} stroke={1.6} aria-hidden />
      <span className={classes.name}>
        <span className="ellipsis">{file.name}</span>
        <span className={classes.size}>
          {sent === null
            ? formatBytes(file.size)
            : sent < 1
              ? `${formatBytes(file.size * sent)} of ${formatBytes(file.size)} sent`
              : "Sent; the batch is being started"}
        </span>
        {sent !== null && (
          <span
            className={classes.sent}
            role="progressbar"
            aria-label="Upload"
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.floor(sent * 100)}
          >
            <span style={{ width: `${sent * 100}%` }} />
          </span>
        )}
      </span>
      {sent === null && (
        // The whole area is the label of the input, so this is a picture of a button.
        <Button component="span" variant="default" size="xs" tabIndex={-1} aria-hidden>
          Change
        </Button>
      )}
    </span>
  );
}
