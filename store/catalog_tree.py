"""Ways through the catalog: down its tree, up from a node, and by search.

Imported files may name parents that do not exist, or that form a circle. A node without its parent stands at
the top; one in a circle is found by search, and the way up from it ends where it would begin again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from store import catalog_index
from store.tables import catalog_nodes as nodes

MOST_LEVELS = 50


def children(connection: Connection, parent_id: str | None, offset: int, limit: int) -> Sequence[Row[Any]]:
    """Nodes right below a node, or at the top, by title; each with `children`, how many it has itself."""
    below = nodes.alias()
    count = select(func.count()).where(below.c.parent_id == nodes.c.id).scalar_subquery().label("children")
    query: Any = select(nodes.c.id, nodes.c.title, nodes.c.kind, nodes.c.area, count)
    if parent_id is None:
        above = nodes.alias()
        has_parent = select(above.c.id).where(above.c.id == nodes.c.parent_id).exists()
        query = query.where(or_(nodes.c.parent_id.is_(None), ~has_parent))
    else:
        query = query.where(nodes.c.parent_id == parent_id)
    return connection.execute(query.order_by(nodes.c.title, nodes.c.id).offset(offset).limit(limit)).all()


def ancestors(connection: Connection, parent_id: str | None) -> list[tuple[str, str]]:
    """Ids and titles of the nodes above, from the top down."""
    found: list[tuple[str, str]] = []
    seen: set[str] = set()
    while parent_id is not None and parent_id not in seen and len(found) < MOST_LEVELS:
        seen.add(parent_id)
        query = select(nodes.c.title, nodes.c.parent_id).where(nodes.c.id == parent_id)
        row = connection.execute(query).one_or_none()
        if row is None:
            break
        found.insert(0, (parent_id, row.title))
        parent_id = row.parent_id
    return found


def search(
    connection: Connection, text: str, area: str | None, kind: str | None, offset: int, limit: int
) -> tuple[Sequence[Row[Any]], dict[str, dict[str, int]]]:
    """Nodes that hold each word of the text, with the facets of all that were found.

    Returns:
        The nodes of this page, and how many of all found there are of each `area` and each `kind`.
    """
    chosen = [catalog_index.matches(text)]
    if area is not None:
        chosen.append(nodes.c.area == area)
    if kind is not None:
        chosen.append(nodes.c.kind == kind)
    query: Any = select(nodes.c.id, nodes.c.title, nodes.c.kind, nodes.c.area).where(*chosen)
    page = connection.execute(query.order_by(nodes.c.title, nodes.c.id).offset(offset).limit(limit)).all()
    facets = {name: _facet(connection, nodes.c[name], chosen) for name in ("area", "kind")}
    return page, facets


def changes_by_batch(connection: Connection, batch_id: str) -> tuple[int, int]:
    """How many nodes a batch has added, and how many it has changed."""
    is_new = nodes.c.created_ms == nodes.c.updated_ms
    query = select(func.count(), func.count().filter(is_new)).where(nodes.c.source_batch_id == batch_id)
    total, added = connection.execute(query).one()
    return int(added), int(total) - int(added)


def _facet(
    connection: Connection, column: ColumnElement[Any], chosen: Sequence[ColumnElement[bool]]
) -> dict[str, int]:
    query = select(column, func.count()).where(*chosen, column.is_not(None)).group_by(column)
    return {value: int(count) for value, count in connection.execute(query.order_by(func.count().desc()))}
