import { Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useSearch } from "@tanstack/react-router";
import classes from "./ChatPage.module.css";
import { ChatRooms } from "./ChatRooms";
import { Conversation } from "./Conversation";
import { roomOf } from "./chatRooms";

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
