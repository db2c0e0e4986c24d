"""The outbox: events that a user must get, written in the transaction that makes them true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from store.clock import now_ms
from store.tables import events


def add(connection: Connection, *, user_id: str, batch_id: str | None, event: str, payload: Any) -> int:
    """Stores an event that is to be sent once the transaction is committed; returns its id."""
    values = {"user_id": user_id, "batch_id": batch_id, "event": event, "payload": payload}
    statement = insert(events).values(created_ms=now_ms(), **values).returning(events.c.id)
    return int(connection.execute(statement).scalar_one())


def set_payload(connection: Connection, event_id: int, payload: Any) -> None:
    """Replaces what an event says, before the transaction that added it ends."""
    connection.execute(update(events).where(events.c.id == event_id).values(payload=payload))


def waiting(connection: Connection, older_than_ms: int, limit: int = 500) -> Sequence[Row[Any]]:
    """Events that were not sent though they are older than the given age, the oldest first."""
    return connection.execute(
        select(events)
        .where(events.c.emitted_ms.is_(None), events.c.created_ms <= now_ms() - older_than_ms)
        .order_by(events.c.id)
        .limit(limit)
    ).all()


def get_many(connection: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """The events of these ids, in order."""
    return connection.execute(select(events).where(events.c.id.in_(ids)).order_by(events.c.id)).all()


def sent_since(connection: Connection, since_ms: int, look_back: int = 10_000) -> Sequence[Row[Any]]:
    """Events that went out since a time, or are about to, in order.

    Args:
        look_back: How many ids below the newest are looked at, so that the table's size does not matter.
    """
    oldest = select(func.max(events.c.id) - look_back).scalar_subquery()
    sent = or_(events.c.emitted_ms.is_(None), events.c.emitted_ms >= since_ms)
    return connection.execute(select(events).where(events.c.id > oldest, sent).order_by(events.c.id)).all()


def mark_emitted(connection: Connection, ids: Sequence[int]) -> None:
    """Notes that the events went out."""
    connection.execute(update(events).where(events.c.id.in_(ids)).values(emitted_ms=now_ms()))


def last_id(connection: Connection, user_id: str) -> int:
    """The id of the user's newest event, 0 where there is none."""
    newest = select(func.max(events.c.id)).where(events.c.user_id == user_id)
    return connection.execute(newest).scalar() or 0
