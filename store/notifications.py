"""What users were told: stored, listed, and marked as read by each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from store.clock import now_ms
from store.ids import new_id
from store.tables import notification_reads, notifications


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRow:
    """A notification as the database holds it.

    Attributes:
        room: Who it is for: the room of a user or a role, or `all`.
        kind: `notification` or `alert`.
        severity: `info`, `warning` or `error`.
        link: A path of the page that it leads to, or None.
        batch_id: The batch that it tells of, or None.
    """

    id: str
    room: str
    kind: str
    severity: str
    title: str
    message: str
    link: str | None
    batch_id: str | None
    created_ms: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose notifications are meant.

    Attributes:
        rooms: Those of the user, of the user's roles, and of everybody.
        since_ms: What was told to everybody before the user was there is none of the user's.
    """

    user_id: str
    rooms: Sequence[str]
    since_ms: int


_names = [field.name for field in fields(NotificationRow)]
_columns = [notifications.c[name] for name in _names]


def add(connection: Connection, **values: Any) -> NotificationRow:
    """Stores a notification; takes the fields of a row except its id and time."""
    row = NotificationRow(id=new_id(), created_ms=now_ms(), **values)
    connection.execute(insert(notifications).values(asdict(row)))
    return row


def page(
    connection: Connection, reader: Reader, *, unread_only: bool, before: str | None, limit: int
) -> list[tuple[NotificationRow, int | None]]:
    """The reader's notifications with the time at which each was read, the newest first.

    Args:
        before: The id that the page before ended with.
    """
    query = _of(reader, *_columns, notification_reads.c.read_ms)
    if unread_only:
        query = query.where(notification_reads.c.read_ms.is_(None))
    if before is not None:
        query = query.where(notifications.c.id < before)
    rows = connection.execute(query.order_by(notifications.c.id.desc()).limit(limit)).all()
    return [(NotificationRow(**{name: getattr(row, name) for name in _names}), row.read_ms) for row in rows]


def unread_count(connection: Connection, reader: Reader) -> int:
    """How many the reader has not read."""
    query = _of(reader, func.count()).where(notification_reads.c.read_ms.is_(None))
    return int(connection.execute(query).scalar_one())


def mark_read(connection: Connection, reader: Reader, notification_id: str) -> bool:
    """Notes that the reader has read one, however often; False if it is none of the reader's."""
    is_one = notifications.c.id == notification_id
    if connection.execute(_of(reader, notifications.c.id).where(is_one)).one_or_none() is None:
        return False
    _mark(connection, reader, is_one)
    return True


def mark_all_read(connection: Connection, reader: Reader) -> None:
    """Notes that the reader has read all that there is."""
    _mark(connection, reader, notification_reads.c.read_ms.is_(None))


def delete_before(connection: Connection, ms: int) -> int:
    """Deletes what is older; returns how many."""
    return connection.execute(delete(notifications).where(notifications.c.created_ms < ms)).rowcount


def _of(reader: Reader, *columns: Any) -> Select[Any]:
    """Selects from the reader's notifications, beside what the reader has read."""
    is_read = and_(
        notification_reads.c.notification_id == notifications.c.id,
        notification_reads.c.user_id == reader.user_id,
    )
    return (
        select(*columns)
        .select_from(notifications.outerjoin(notification_reads, is_read))
        .where(notifications.c.room.in_(reader.rooms), notifications.c.created_ms >= reader.since_ms)
    )


def _mark(connection: Connection, reader: Reader, which: ColumnElement[bool]) -> None:
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    found = _of(reader, notifications.c.id, literal(reader.user_id), literal(now_ms())).where(which)
    statement = dialect.insert(notification_reads).from_select(
        ["notification_id", "user_id", "read_ms"], found
    )
    # It may be read in two windows at once.
    connection.execute(statement.on_conflict_do_nothing())
