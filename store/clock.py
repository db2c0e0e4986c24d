"""Time as the store keeps it: whole milliseconds since the epoch, UTC."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from sqlalchemy import BigInteger, ColumnElement, Connection, cast, extract, func, literal


def now_ms() -> int:
    """The time now in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def sql_now_ms(connection: Connection) -> ColumnElement[int]:
    """The time now as one clock tells it to all workers: the database server's on PostgreSQL.

    Leases are compared against it, so that machines whose clocks differ agree on who holds a chunk.
    SQLite runs in the worker, and all its users share one machine and its clock.
    """
    if connection.dialect.name == "postgresql":
        return cast(extract("epoch", func.clock_timestamp()) * 1000, BigInteger)
    return literal(now_ms(), BigInteger)


def to_datetime(ms: int) -> datetime:
    """The same moment as an aware UTC datetime."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def to_datetime_or_none(ms: int | None) -> datetime | None:
    """Like `to_datetime`, and None for what has not happened."""
    return None if ms is None else to_datetime(ms)
