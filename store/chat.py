"""Chat messages: written once, read backwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from store.clock import now_ms
from store.tables import chat_messages, users

_columns = (*chat_messages.c, users.c.name.label("user_name"))
_query = select(*_columns).join(users, users.c.id == chat_messages.c.user_id)


def add(connection: Connection, *, room: str, user_id: str, text: str, client_id: str | None) -> Row[Any]:
    """Stores a message and returns it with the name of its user."""
    values = {"room": room, "user_id": user_id, "text": text, "client_id": client_id}
    statement = insert(chat_messages).values(created_ms=now_ms(), **values).returning(chat_messages.c.id)
    message_id = connection.execute(statement).scalar_one()
    return connection.execute(_query.where(chat_messages.c.id == message_id)).one()


def by_client_id(connection: Connection, user_id: str, client_id: str) -> Row[Any] | None:
    """The message that the user sent under that id before, or None."""
    condition = (chat_messages.c.user_id == user_id) & (chat_messages.c.client_id == client_id)
    return connection.execute(_query.where(condition)).one_or_none()


def page(connection: Connection, room: str, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """Messages of a room, the newest first.

    Args:
        before: Only those with lower ids.
    """
    query = _query.where(chat_messages.c.room == room)
    if before is not None:
        query = query.where(chat_messages.c.id < before)
    return connection.execute(query.order_by(chat_messages.c.id.desc()).limit(limit)).all()


def rooms(connection: Connection, limit: int) -> list[tuple[str, int]]:
    """Rooms with messages, and when the last one came; the liveliest first."""
    newest = func.max(chat_messages.c.created_ms)
    query = select(chat_messages.c.room, newest).group_by(chat_messages.c.room).order_by(newest.desc())
    return [(room, int(created_ms)) for room, created_ms in connection.execute(query.limit(limit))]


def count_since(connection: Connection, user_id: str, since_ms: int) -> int:
    """How many messages a user has sent since a time."""
    condition = (chat_messages.c.user_id == user_id) & (chat_messages.c.created_ms > since_ms)
    query = select(func.count()).select_from(chat_messages).where(condition)
    return int(connection.execute(query).scalar_one())
