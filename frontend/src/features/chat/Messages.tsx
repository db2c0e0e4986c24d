import { Button } from "@mantine/core";
import type { ChatMessage } from "../../core/wire";
import { focusAround } from "../../ui/focusAround";
import { useSession } from "../../ui/useSession";
import classes from "./Messages.module.css";
import type { Outgoing } from "./useChatRoom";

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** What was said, day by day. */
export function Messages({ messages }: { messages: ChatMessage[] }) {
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

/** What is being said, or could not be. */
export function Sending({ message, retry }: { message: Outgoing; retry: (one: Outgoing) => void }) {
  return (
    <article className={classes.message} data-own data-pending={!message.problem || undefined}>
      <p>{message.text}</p>
      {message.problem ? (
        <p className={classes.problem} role="alert">
          Not sent: {message.problem}{" "}
          <Button
            size="compact-xs"
            variant="default"
            onClick={(event) => {
              focusAround(event.currentTarget);
              retry(message);
            }}
          >
            Try again
          </Button>
        </p>
      ) : (
        <p className="note">Sending</p>
      )}
    </article>
  );
}
