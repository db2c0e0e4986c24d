import { Button, Loader, Textarea, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { IconSend } from "@tabler/icons-react";
import { useSearch } from "@tanstack/react-router";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { ChatMessage } from "../../core/events";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useSession } from "../../ui/useSession";
import classes from "./ChatPage.module.css";
import { ChatRooms } from "./ChatRooms";
import { roomOf } from "./chatRooms";
import { type Outgoing, useChatRoom } from "./useChatRoom";

const MAX_CHARS = 4000;
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** Where everybody who is logged in can talk, in rooms. */
export function ChatPage() {
  const { room: name } = useSearch({ from: "/app/chat" });
  useDocumentTitle(`${name ?? "Chat"} · Batchwire`);
  const room = roomOf(name);
  return (
    <>
      <div className="page-head">
        <Title order={1}>Chat</Title>
        <p className="note">Plain text, seen by everybody who is logged in</p>
      </div>
      <div className={classes.columns}>
        <ChatRooms current={name} />
        <Conversation key={room} room={room} />
      </div>
    </>
  );
}

function Conversation({ room }: { room: string }) {
  const chat = useChatRoom(room);
  const end = useRef<HTMLDivElement>(null);
  const newest = chat.messages.at(-1)?.id;
  const waiting = chat.outgoing.length;

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is new is scrolled to.
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [newest, waiting]);

  return (
    <section className={`panel ${classes.chat}`} aria-label="Conversation">
      <div
        role="log"
        aria-label="Messages"
        className={classes.log}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, with the keyboard too.
        tabIndex={0}
        data-testid="log"
      >
        {chat.history.isPending && <Loader size="sm" aria-label="Loading" />}
        {chat.history.isError && (
          <ErrorPanel
            message={chat.history.error.message}
            retry={() => void chat.history.refetch()}
          />
        )}
        {chat.history.hasNextPage && (
          <Button
            variant="default"
            size="xs"
            loading={chat.history.isFetchingNextPage}
            onClick={() => void chat.history.fetchNextPage()}
          >
            Older messages
          </Button>
        )}
        {chat.history.isSuccess && chat.messages.length === 0 && waiting === 0 && (
          <p className="note">Nobody has said anything yet. Say hello.</p>
        )}
        <Messages messages={chat.messages} />
        {chat.outgoing.map((message) => (
          <Sending key={message.clientId} message={message} retry={chat.retry} />
        ))}
        <div ref={end} />
      </div>
      <p className={classes.typing} role="status" data-testid="typing">
        {describeTypists(chat.typists)}
      </p>
      <Composer onSend={chat.send} onType={chat.type} isConnected={chat.isConnected} />
    </section>
  );
}

function Messages({ messages }: { messages: ChatMessage[] }) {
  const ownId = useSession()?.user.id;
  let lastDay = "";
  return messages.map((message) => {
    const sent = new Date(message.timestamp);
    const today = day.format(sent);
    const isFirst = today !== lastDay;
    lastDay = today;
    return (
      <div key={message.id}>
        {isFirst && <p className={classes.day}>{today}</p>}
        <article className={classes.message} data-own={message.userId === ownId || undefined}>
          <header>
            <strong>{message.user}</strong>{" "}
            <time dateTime={message.timestamp}>{clock.format(sent)}</time>
          </header>
          <p>{message.text}</p>
        </article>
      </div>
    );
  });
}

function Sending({ message, retry }: { message: Outgoing; retry: (one: Outgoing) => void }) {
  return (
    <article className={classes.message} data-own data-pending={!message.problem || undefined}>
      <p>{message.text}</p>
      {message.problem ? (
        <p className={classes.problem} role="alert">
          Not sent: {message.problem}{" "}
          <Button size="compact-xs" variant="default" onClick={() => retry(message)}>
            Try again
          </Button>
        </p>
      ) : (
        <p className="note">Sending</p>
      )}
    </article>
  );
}

interface ComposerProps {
  onSend: (text: string) => void;
  onType: () => void;
  isConnected: boolean;
}

function Composer({ onSend, onType, isConnected }: ComposerProps) {
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

function describeTypists(names: string[]): string {
  if (names.length === 0) return "";
  if (names.length > 3) return "Several people are typing";
  return `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} typing`;
}
