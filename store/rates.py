"""How fast the items of an operation may start, over all workers.

The generic cell rate algorithm in its virtual scheduling form: a row holds when the next item may start.
Source: ITU-T I.371 (2004), annex A. It is in the database, because losing it would mean a burst.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.clock import sql_now_ms
from store.tables import rates


def reserve(connection: Connection, name: str, per_minute: float, count: int) -> int:
    """Reserves the next `count` starts.

    Returns:
        When they may be used, in milliseconds since the epoch; now or in the past means at once.
    """
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(rates).values(name=name, next_ms=0).on_conflict_do_nothing())
    statement = select(rates.c.next_ms, sql_now_ms).where(rates.c.name == name)
    next_ms, now = connection.execute(statement.with_for_update()).one()
    start = max(float(next_ms), float(now))
    interval_ms = 60_000 / per_minute
    values = {"next_ms": start + interval_ms * count}
    connection.execute(update(rates).where(rates.c.name == name).values(values))
    return int(start)
