import { Loader } from "@mantine/core";
import { useEffect, useRef } from "react";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Loading } from "../../ui/Loading";
import { hasFailed, MorePages } from "../../ui/MorePages";
import { Composer } from "./Composer";
import classes from "./Conversation.module.css";
import { Messages, Sending } from "./Messages";
import { useChatRoom } from "./useChatRoom";

/** What is said in one room, who types there, and the way to say something. */
export function Conversation({ room }: { room: string }) {
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
        {chat.history.isPending && (
          <Loading what="the messages">
            <Loader size="sm" />
          </Loading>
        )}
        {hasFailed(chat.history) && (
          <ErrorPanel
            message={chat.history.error?.message ?? ""}
            retry={() => void chat.history.refetch()}
          />
        )}
        <MorePages pages={chat.history} label="Older messages" />
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

function describeTypists(names: string[]): string {
  if (names.length === 0) return "";
  if (names.length > 3) return "Several people are typing";
  return `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} typing`;
}
