"""Results: one row per item, written in bulk, and the failures of a batch grouped by kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from store.tables import chunks, failure_groups, results

MAX_EXAMPLES = 5

# chunk id, position, key, code of the outcome, result as JSON text, error as JSON text, microseconds
ResultRow = tuple[int, int, str, int, str | None, str | None, int]

_ROW = "(?, ?, ?, ?, ?, ?, ?)"
_SQLITE = f"INSERT INTO results VALUES {_ROW}"  # noqa: S608 - there are only markers in it.
# 200 rows in one statement take two thirds of the time that a statement per row takes; more gain no more.
_SQLITE_ROWS = 200
_SQLITE_MANY = f"INSERT INTO results VALUES {', '.join([_ROW] * _SQLITE_ROWS)}"  # noqa: S608
_POSTGRESQL = (
    "INSERT INTO results SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::smallint[], "
    "%s::text[], %s::text[], %s::bigint[])"
)


@dataclass(slots=True)
class FailureGroup:
    """Failures of one kind.

    Attributes:
        fingerprint: Short hash of type, field, rule and the message without its variable parts.
        examples: The first few, as JSON objects.
    """

    fingerprint: str
    type: str
    message: str
    count: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)


def add(connection: Connection, rows: Sequence[ResultRow]) -> None:
    """Stores results; a second result for an item breaks the key and the caller's transaction."""
    if connection.dialect.name == "postgresql":
        # One statement with an array per column is three times as fast as one row per statement.
        connection.exec_driver_sql(_POSTGRESQL, tuple(list(column) for column in zip(*rows, strict=True)))
        return
    whole = len(rows) - len(rows) % _SQLITE_ROWS
    for first in range(0, whole, _SQLITE_ROWS):
        values = chain.from_iterable(rows[first : first + _SQLITE_ROWS])
        connection.exec_driver_sql(_SQLITE_MANY, tuple(values))
    if whole < len(rows):
        connection.exec_driver_sql(_SQLITE, list(rows[whole:]))


def add_failures(connection: Connection, batch_id: str, groups: Sequence[FailureGroup]) -> None:
    """Adds to the counts and the examples of the batch's failure groups; call it with the batch locked."""
    for group in groups:
        found = connection.execute(
            select(failure_groups.c.examples).where(
                failure_groups.c.batch_id == batch_id, failure_groups.c.fingerprint == group.fingerprint
            )
        ).scalar()
        values = {
            "batch_id": batch_id,
            "fingerprint": group.fingerprint,
            "type": group.type,
            "message": group.message,
            "count": group.count,
            "examples": ((found or []) + group.examples)[:MAX_EXAMPLES],
        }
        dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(failure_groups).values(values)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["batch_id", "fingerprint"],
                set_={"count": failure_groups.c.count + group.count, "examples": values["examples"]},
            )
        )


def forget_failures(connection: Connection, batch_id: str) -> None:
    """Removes the failure groups of a batch whose failed items run again."""
    connection.execute(delete(failure_groups).where(failure_groups.c.batch_id == batch_id))


def failures(connection: Connection, batch_id: str) -> list[FailureGroup]:
    """The failure groups of a batch, the largest first."""
    statement = (
        select(failure_groups)
        .where(failure_groups.c.batch_id == batch_id)
        .order_by(failure_groups.c.count.desc(), failure_groups.c.fingerprint)
    )
    return [
        FailureGroup(row.fingerprint, row.type, row.message, row._mapping["count"], row.examples)
        for row in connection.execute(statement)
    ]


def page(
    connection: Connection, batch_id: str, *, outcome: int | None, query: str, after: int, limit: int
) -> Sequence[Row[Any]]:
    """Results of a batch in the order of their positions.

    Args:
        outcome: Only this outcome, by its code, or None for all.
        query: Only items whose key contains this text, in any case.
        after: Only positions behind this one; -1 for the first page.
        limit: How many at most.
    """
    conditions = [chunks.c.batch_id == batch_id, chunks.c.kind == "items", results.c.position > after]
    # The whole chunks before the page need not be looked at.
    conditions.append(chunks.c.first + chunks.c.size > after + 1)
    if outcome is not None:
        conditions.append(results.c.outcome == outcome)
    if query:
        conditions.append(results.c.key.icontains(query, autoescape=True))
    statement = (
        select(results)
        .join(chunks, chunks.c.id == results.c.chunk_id)
        .where(and_(*conditions))
        .order_by(chunks.c.first, results.c.position)
        .limit(limit)
    )
    return connection.execute(statement).all()
