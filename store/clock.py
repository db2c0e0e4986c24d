"""Time as the store keeps it: whole milliseconds since the epoch, UTC."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


def now_ms() -> int:
    """The time now in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class SqlNowMs(FunctionElement[int]):
    """The time now, in milliseconds since the epoch, as one clock tells it to all workers: the database's.

    Leases are compared against it, so that machines whose clocks differ agree on who holds a chunk.
    """

    type = BigInteger()
    inherit_cache = True


sql_now_ms = SqlNowMs()


@compiles(SqlNowMs, "postgresql")
def _on_postgresql(*_: Any, **__: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"


@compiles(SqlNowMs, "sqlite")
def _on_sqlite(*_: Any, **__: Any) -> str:
    # 2440587.5 is the Julian day of the epoch.
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


def to_datetime(ms: int) -> datetime:
    """The same moment as an aware UTC datetime."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def to_datetime_or_none(ms: int | None) -> datetime | None:
    """Like `to_datetime`, and None for what has not happened."""
    return None if ms is None else to_datetime(ms)
