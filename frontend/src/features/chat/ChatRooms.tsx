import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { queries } from "../../queries";
import { ErrorPanel } from "../../ui/ErrorPanel";
import classes from "./ChatRooms.module.css";
import { nameOf, parseRoomName, roomOf } from "./chatRooms";

const REFRESH_MS = 10_000;

/** The rooms that somebody has spoken in, the liveliest first, and a way into a new one. */
export function ChatRooms({ current }: { current: string | undefined }) {
  const found = useQuery({
    ...queries.chatRooms(),
    // The message of a failure stays, and nothing is asked for behind it.
    refetchInterval: ({ state }) => (state.data ? REFRESH_MS : false),
  });
  const known = (found.data?.rooms ?? []).map(({ room }) => nameOf(room));
  const rooms = [...new Set([undefined, current, ...known])];
  return (
    <div className={`panel ${classes.rooms}`}>
      <nav aria-label="Chat rooms" className={classes.list}>
        {rooms.map((name) => (
          <Link
            key={roomOf(name)}
            to="/chat"
            search={{ room: name }}
            className={classes.room}
            activeOptions={{ exact: true, includeSearch: true, explicitUndefined: true }}
            activeProps={{ "aria-current": "page" }}
          >
            {name ?? "Everybody"}
          </Link>
        ))}
      </nav>
      {found.isError && (
        <ErrorPanel message={found.error.message} retry={() => void found.refetch()} />
      )}
      <NewRoom />
    </div>
  );
}

function NewRoom() {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const navigate = useNavigate();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const parsed = parseRoomName(text);
    if ("problem" in parsed) {
      setProblem(parsed.problem);
      return;
    }
    setText("");
    void navigate({ to: "/chat", search: { room: parsed.name } });
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <TextInput
        size="xs"
        aria-label="Name of a room"
        placeholder="Another room"
        value={text}
        error={problem}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setProblem("");
        }}
        data-testid="new-room"
      />
      <Button type="submit" size="xs" variant="default">
        Open
      </Button>
    </form>
  );
}
