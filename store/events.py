"""The outbox: what clients must get, written in the transaction that makes it true.

An event is numbered once that transaction is committed. Numbers are given one transaction after the other,
so that whoever sees one sees all lower ones too: a client that knows the last number it got can be given what
follows, whole and in order. Ids would not do, since a transaction with a lower id may be committed later.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, insert, or_, select, update

from store.clock import now_ms
from store.tables import counters, events

COUNTER = "events"


@dataclass(frozen=True, slots=True)
class EventRow:
    """A numbered event.

    Attributes:
        seq: Its place in the one order of all events.
        room: Who it is for: the room of a user, a role or a topic, or `all`.
        batch_id: The batch that it tells of; those who watch that batch get it as well.
    """

    seq: int
    room: str
    batch_id: str | None
    event: str
    payload: dict[str, Any]


_columns = (events.c.seq, events.c.room, events.c.batch_id, events.c.event, events.c.payload)
_number = update(events).where(events.c.id == bindparam("event_id")).values(seq=bindparam("number"))


def add(connection: Connection, *, room: str, event: str, payload: Any, batch_id: str | None = None) -> int:
    """Stores an event that is to be sent once the transaction is committed; returns its id."""
    values = {"room": room, "batch_id": batch_id, "event": event, "payload": payload}
    statement = insert(events).values(created_ms=now_ms(), **values).returning(events.c.id)
    return int(connection.execute(statement).scalar_one())


def set_payload(connection: Connection, event_id: int, payload: Any) -> None:
    """Replaces what an event says, before the transaction that added it ends."""
    connection.execute(update(events).where(events.c.id == event_id).values(payload=payload))


def waiting(connection: Connection, older_than_ms: int, limit: int = 500) -> list[int]:
    """The ids of events that have no number though they are older than the given age, the oldest first."""
    query = select(events.c.id).where(events.c.seq.is_(None), events.c.created_ms <= now_ms() - older_than_ms)
    return list(connection.execute(query.order_by(events.c.id).limit(limit)).scalars())


def number(connection: Connection, ids: Collection[int]) -> list[EventRow]:
    """Numbers the events that have no number yet, and before them what still waits for the same rooms.

    Returns:
        What was numbered, in order.
    """
    counter = update(counters).where(counters.c.name == COUNTER)
    # Whoever else numbers waits here until this transaction ends.
    last = int(
        connection.execute(counter.values(value=counters.c.value).returning(counters.c.value)).scalar_one()
    )
    has_none = events.c.seq.is_(None)
    newest = select(events.c.room, func.max(events.c.id)).where(events.c.id.in_(ids), has_none)
    rooms = connection.execute(newest.group_by(events.c.room)).all()
    if not rooms:
        return []
    due = or_(*(and_(events.c.room == room, events.c.id <= event_id) for room, event_id in rooms))
    rows = connection.execute(select(events.c.id, *_columns).where(has_none, due).order_by(events.c.id)).all()
    numbers = range(last + 1, last + 1 + len(rows))
    connection.execute(
        _number, [{"event_id": row.id, "number": n} for row, n in zip(rows, numbers, strict=True)]
    )
    connection.execute(counter.values(value=numbers[-1]))
    return [
        EventRow(n, row.room, row.batch_id, row.event, row.payload)
        for row, n in zip(rows, numbers, strict=True)
    ]


def newest(connection: Connection) -> int:
    """The number of the newest event, 0 where there is none."""
    return int(connection.execute(select(counters.c.value).where(counters.c.name == COUNTER)).scalar_one())


def after(connection: Connection, seq: int, limit: int) -> list[EventRow]:
    """The events behind a number, in order."""
    query = select(*_columns).where(events.c.seq > seq).order_by(events.c.seq).limit(limit)
    return [EventRow(*row) for row in connection.execute(query)]


def missed(
    connection: Connection, seq: int, rooms: Sequence[str], batch_ids: Sequence[str], limit: int
) -> list[EventRow]:
    """The events behind a number that are for any of these rooms or batches, in order."""
    concerns = or_(events.c.room.in_(rooms), events.c.batch_id.in_(batch_ids))
    query = select(*_columns).where(events.c.seq > seq, concerns).order_by(events.c.seq).limit(limit)
    return [EventRow(*row) for row in connection.execute(query)]
