"""The catalog beside what files say: what is the same already, what has changed, and what is gone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from store.tables import batches
from store.tables import catalog_nodes as nodes


def unchanged(connection: Connection, batch_id: str, rows: Sequence[dict[str, Any]]) -> set[str]:
    """The ids of those rows that stand in the catalog just so, and not from the same batch."""
    wanted = {row["id"]: row for row in rows}
    columns = [nodes.c[name] for name in rows[0] if name != "source_line"] if rows else []
    query = select(*columns).where(
        nodes.c.id.in_(list(wanted)), nodes.c.source_batch_id.is_distinct_from(batch_id)
    )
    return {
        found.id
        for found in (connection.execute(query) if rows else ())
        if all(wanted[found.id][name] == value for name, value in found._mapping.items())
    }


def mark_seen(connection: Connection, batch_id: str, ids: Collection[str]) -> None:
    """Notes that a batch has found these nodes in its files."""
    if ids:
        statement = update(nodes).where(nodes.c.id.in_(list(ids))).values(source_batch_id=batch_id)
        connection.execute(statement)


def delete_unseen(connection: Connection, batch_id: str, operations: Collection[str]) -> int:
    """Deletes what earlier batches of these operations brought and this one has not seen; returns how many.

    What people have imported, or what was there before, stays.
    """
    earlier = select(batches.c.id).where(batches.c.operation.in_(operations), batches.c.id < batch_id)
    return connection.execute(delete(nodes).where(nodes.c.source_batch_id.in_(earlier))).rowcount


def changes_since(connection: Connection, batch_id: str, since_ms: int) -> tuple[int, int]:
    """How many nodes a batch that was made then has added, and how many it has changed."""
    is_new = nodes.c.created_ms == nodes.c.updated_ms
    query = select(func.count(), func.count().filter(is_new))
    total, added = connection.execute(
        query.where(nodes.c.source_batch_id == batch_id, nodes.c.updated_ms >= since_ms)
    ).one()
    return int(added), int(total) - int(added)
