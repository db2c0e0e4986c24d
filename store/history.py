"""Listing batches: filtered, sorted, in pages that do not shift while batches are added."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, String, and_, case, func, or_, select, type_coerce

from errors import InvalidInput
from store.batches import BatchRow, row_to_batch, selection
from store.states import Status
from store.tables import batches

_progress = case(
    (func.coalesce(batches.c.total, 0) == 0, 0.0), else_=batches.c.processed * 100.0 / batches.c.total
)
SORT_COLUMNS: dict[str, ColumnElement[Any]] = {
    "createdAt": batches.c.created_ms,
    "name": func.lower(batches.c.name),
    # A cursor brings back what it was given, or anything else: a text.
    "status": type_coerce(batches.c.status, String),
    "total": func.coalesce(batches.c.total, 0),
    "progress": _progress,
}


@dataclass(kw_only=True)
class HistoryQuery:
    """Which batches, in which order.

    Attributes:
        owner_id: Only this user's, or None for everybody's.
        text: Only those whose name or description contains it, in any case.
        cursor: Where the page before ended, as its answer said.
    """

    owner_id: str | None
    operation: str | None = None
    status: Status | None = None
    created_after_ms: int | None = None
    created_before_ms: int | None = None
    text: str = ""
    sort_by: str = "createdAt"
    descending: bool = True
    limit: int = 50
    offset: int = 0
    cursor: str | None = None


def find(connection: Connection, query: HistoryQuery) -> tuple[list[BatchRow], int, str | None]:
    """One page of batches, how many there are in all, and the cursor of the next page or None."""
    conditions = _conditions(query)
    total = connection.execute(select(func.count()).select_from(batches).where(*conditions)).scalar_one()
    sort = SORT_COLUMNS[query.sort_by]
    statement = select(*selection(), sort.label("sort_value")).where(*conditions)
    if query.cursor:
        statement = statement.where(_behind(query, sort))
    order = (sort.desc(), batches.c.id.desc()) if query.descending else (sort, batches.c.id)
    rows = connection.execute(
        statement.order_by(*order).limit(query.limit + 1).offset(0 if query.cursor else query.offset)
    ).all()
    found = [row_to_batch(row) for row in rows[: query.limit]]
    more = len(rows) > query.limit
    return found, total, _encode(rows[query.limit - 1]) if more else None


def counts(connection: Connection, owner_id: str | None) -> tuple[dict[Status, int], dict[str, int]]:
    """How many batches there are by status and by operation."""
    mine = batches.c.owner_id == owner_id if owner_id else batches.c.id.is_not(None)
    by_status = select(batches.c.status, func.count()).where(mine).group_by(batches.c.status)
    by_operation = select(batches.c.operation, func.count()).where(mine).group_by(batches.c.operation)
    return (
        {row[0]: row[1] for row in connection.execute(by_status)},
        {row[0]: row[1] for row in connection.execute(by_operation)},
    )


def _conditions(query: HistoryQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.owner_id:
        conditions.append(batches.c.owner_id == query.owner_id)
    if query.operation:
        conditions.append(batches.c.operation == query.operation)
    if query.status:
        conditions.append(batches.c.status == query.status)
    if query.created_after_ms is not None:
        conditions.append(batches.c.created_ms >= query.created_after_ms)
    if query.created_before_ms is not None:
        conditions.append(batches.c.created_ms <= query.created_before_ms)
    if query.text:
        name, description = batches.c.name, batches.c.description
        conditions.append(
            or_(
                name.icontains(query.text, autoescape=True),
                description.icontains(query.text, autoescape=True),
            )
        )
    return conditions


def _behind(query: HistoryQuery, sort: ColumnElement[Any]) -> ColumnElement[bool]:
    value, batch_id = _decode(query.cursor or "")
    if query.descending:
        return or_(sort < value, and_(sort == value, batches.c.id < batch_id))
    return or_(sort > value, and_(sort == value, batches.c.id > batch_id))


def _encode(row: Any) -> str:
    value = row.sort_value
    plain = value if isinstance(value, int | float | str) else float(value)
    return base64.urlsafe_b64encode(orjson.dumps([plain, row.id])).decode().rstrip("=")


def _decode(cursor: str) -> tuple[Any, str]:
    try:
        value, batch_id = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(value, int | float | str) or not isinstance(batch_id, str):
            raise TypeError("wrong types")
        return value, batch_id
    except (binascii.Error, ValueError, TypeError) as error:
        raise InvalidInput.of("cursor", "invalid", "is not a cursor that this server gave") from error
