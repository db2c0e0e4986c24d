"""Switches of the whole system that outlive every process, each a name with a small JSON value."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.clock import now_ms
from store.tables import flags


def get(connection: Connection, name: str) -> Any:
    """The value of a switch, or None where it was never set."""
    return connection.execute(select(flags.c.value).where(flags.c.name == name)).scalar_one_or_none()


def put(connection: Connection, name: str, value: Any, *, initially: Any) -> bool:
    """Sets a switch; False if it had that value already.

    Of several processes that set it to the same value at the same time, one alone gets True.

    Args:
        initially: The value of a switch that was never set.
    """
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"name": name, "value": initially, "changed_ms": now_ms()}
    connection.execute(dialect.insert(flags).values(row).on_conflict_do_nothing())
    query = select(flags.c.value).where(flags.c.name == name).with_for_update()
    if connection.execute(query).scalar_one() == value:
        return False
    changed = update(flags).where(flags.c.name == name).values(value=value, changed_ms=now_ms())
    connection.execute(changed)
    return True
