import { Button, Textarea } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import classes from "./Composer.module.css";

const MAX_CHARS = 4000;

interface ComposerProps {
  onSend: (text: string) => void;
  onType: () => void;
  isConnected: boolean;
}

/** Where one writes. */
export function Composer({ onSend, onType, isConnected }: ComposerProps) {
  const [text, setText] = useState("");
  const left = MAX_CHARS - text.length;
  const send = () => {
    if (!text.trim() || left < 0) return;
    onSend(text.trim());
    setText("");
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form className={classes.composer} onSubmit={submit}>
      <Textarea
        aria-label="Message"
        placeholder={
          isConnected ? "Message (Enter sends, Shift+Enter begins a new line)" : "Not connected"
        }
        autosize
        minRows={1}
        maxRows={6}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          onType();
        }}
        onKeyDown={press}
        error={left < 0 ? `${-left} characters too many` : undefined}
        className={classes.input}
        data-testid="chat-input"
      />
      <Button
        type="submit"
        leftSection={<IconSend size={16} aria-hidden />}
        disabled={!text.trim() || left < 0}
      >
        Send
      </Button>
    </form>
  );
}
