"""Chat: messages that are kept and told once to everybody in the room, and who is typing."""

from __future__ import annotations

import time
from typing import Any

from pydantic import ValidationError
from socketio import Server
from sqlalchemy import Row
from sqlalchemy.exc import SQLAlchemyError

from errors import BatchwireError, Forbidden, TooManyRequests
from realtime.contract.events import (
    CHAT_MESSAGE,
    CHAT_TYPING,
    ChatAnswer,
    ChatMessage,
    ChatRequest,
    ChatTyping,
    TypingRequest,
)
from realtime.publish import outbox
from realtime.publish.emitter import Emitter
from realtime.sessions.clients import Client, on
from realtime.sessions.connections import Connection, Connections
from realtime.sessions.handlers import UNAVAILABLE, describe
from settings import Settings
from store import chat, events, users
from store.clock import now_ms, to_datetime
from store.database import Database

MINUTE_MS = 60_000
# Whoever does not say again that they are typing has stopped.
TYPING_SECONDS = 5.0
SWEEP_SECONDS = 1.0


def send(
    settings: Settings, database: Database, emitter: Emitter, user_id: str, asked: ChatRequest
) -> ChatMessage:
    """Keeps a message and tells it to its room; sent again under the same `clientId` it is the same message.

    Raises:
        TooManyRequests: The user has sent too many within a minute.
    """
    with database.write() as connection:
        known = chat.by_client_id(connection, user_id, asked.client_id) if asked.client_id else None
        if known is not None:
            return to_message(known)
        if chat.count_since(connection, user_id, now_ms() - MINUTE_MS) >= settings.chat_messages_per_minute:
            raise TooManyRequests("Too many messages within a minute", retry_after_seconds=60)
        row = chat.add(
            connection, room=asked.room, user_id=user_id, text=asked.text, client_id=asked.client_id
        )
        message = to_message(row)
        event_id = events.add(connection, room=asked.room, event=CHAT_MESSAGE, payload=message.dump())
    outbox.deliver(database, emitter, [event_id])
    return message


def to_message(row: Row[Any]) -> ChatMessage:
    """A row as clients see it."""
    return ChatMessage(
        id=row.id,
        room=row.room,
        text=row.text,
        content=row.text,
        user=row.user_name,
        sender=row.user_name,
        user_id=row.user_id,
        client_id=row.client_id,
        timestamp=to_datetime(row.created_ms),
    )


class Chat:
    """What the server does when a client speaks in a chat room, or is about to."""

    def __init__(
        self, settings: Settings, database: Database, emitter: Emitter, connections: Connections
    ) -> None:
        self._settings = settings
        self._database = database
        self._emitter = emitter
        self._connections = connections
        self._typing: dict[tuple[str, str], tuple[float, ChatTyping]] = {}

    def register(self, server: Server) -> None:
        """Puts the handlers on the server."""
        self._server = server
        on(server, CHAT_MESSAGE, self.message)
        on(server, CHAT_TYPING, self.typing)

    def message(self, client: Client, *payload: Any) -> dict[str, Any]:
        """Keeps a message, tells it to the room, and answers with it."""
        try:
            asked = ChatRequest.model_validate(payload[0] if payload else None)
            user_id = self._speaker(client, asked.room)[1]
            message = send(self._settings, self._database, self._emitter, user_id, asked)
        except ValidationError as error:
            return client.refuse("invalid_payload", describe(error))
        except BatchwireError as error:
            return client.refuse(error.code, error.message)
        except SQLAlchemyError:
            return client.refuse("unavailable", UNAVAILABLE)
        self._stop_typing(client.sid, asked.room)
        return ChatAnswer(success=True, message=message).dump()

    def typing(self, client: Client, *payload: Any) -> dict[str, Any]:
        """Tells the others in the room that somebody types, or has stopped."""
        try:
            asked = TypingRequest.model_validate(payload[0] if payload else None)
            connection, user_id = self._speaker(client, asked.room)
            name = self._name(connection, user_id)
        except ValidationError as error:
            return client.refuse("invalid_payload", describe(error))
        except BatchwireError as error:
            return client.refuse(error.code, error.message)
        except SQLAlchemyError:
            return client.refuse("unavailable", UNAVAILABLE)
        if not asked.is_typing:
            self._stop_typing(client.sid, asked.room)
            return ChatAnswer(success=True).dump()
        event = ChatTyping(user_id=user_id, user=name, room=asked.room, is_typing=True)
        self._typing[client.sid, asked.room] = time.monotonic() + TYPING_SECONDS, event
        self._server.emit(CHAT_TYPING, event.dump(), to=asked.room, skip_sid=client.sid)
        return ChatAnswer(success=True).dump()

    def start(self) -> None:
        """Starts to end what nobody else ends."""
        self._emitter.supervisor.every(SWEEP_SECONDS, self.sweep, "chat")

    def sweep(self) -> None:
        """Ends the typing of those who fell silent, and of those who left."""
        now = time.monotonic()
        for (sid, room), (until, _) in list(self._typing.items()):
            if until <= now or sid not in self._connections.by_sid:
                self._stop_typing(sid, room)

    def _stop_typing(self, sid: str, room: str) -> None:
        _, event = self._typing.pop((sid, room), (0, None))
        if event is not None:
            ended = event.model_copy(update={"is_typing": False})
            self._server.emit(CHAT_TYPING, ended.dump(), to=room, skip_sid=sid)

    def _speaker(self, client: Client, room: str) -> tuple[Connection, str]:
        """The connection that speaks, and its user.

        Raises:
            BatchwireError: It may not speak there, or not so often.
        """
        connection = self._connections.speaking(client.sid)
        if connection.identity is None:
            raise Forbidden("Log in to speak")
        if room not in connection.rooms:
            raise Forbidden("Join the room to speak in it")
        return connection, connection.identity.user_id

    def _name(self, connection: Connection, user_id: str) -> str:
        if not connection.user_name:
            with self._database.read() as database:
                user = users.get(database, user_id)
            connection.user_name = user.name if user else user_id
        return connection.user_name
