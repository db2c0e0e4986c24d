"""The catalog: nodes of a tree, each a function, a report, an imported row, or a folder of these."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects import postgresql, sqlite

from store import catalog_index
from store.clock import now_ms
from store.tables import catalog_nodes as nodes

FOLDER = "folder"
PAGE = 1000
# More values than a person would choose from in a form.
MOST_CHOICES = 300

_DEFAULTS: dict[str, Any] = {
    "parent_id": None,
    "kind": "function",
    "area": None,
    "tags": [],
    "description": None,
    "meta": {},
    "source_batch_id": None,
    "source_line": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFilter:
    """Which nodes; each part that is given narrows the choice.

    Attributes:
        areas: Business areas, by id.
        kinds: Kinds, such as `report`.
        parent: Only nodes below this one.
        text: Only nodes that a search for it finds.
        only_missing: Only nodes that carry no annotation yet.
    """

    areas: Sequence[str] = ()
    kinds: Sequence[str] = ()
    parent: str | None = None
    text: str = ""
    only_missing: bool = False


def insert(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Stores new nodes, given by the names of their columns."""
    now = now_ms()
    common = {**_DEFAULTS, "created_ms": now, "updated_ms": now}
    connection.execute(
        plain_insert(nodes), [{**common, **row, "search_text": catalog_index.text_of(row)} for row in rows]
    )


def upsert_from_batch(
    connection: Connection,
    batch_id: str,
    rows: Sequence[dict[str, Any]],
    *,
    replace: bool = True,
    only_new: Collection[str] = (),
) -> dict[str, bool]:
    """Stores nodes of a batch over older ones of the same id, but never over one of the same batch.

    A node that exists keeps what the rows do not name.

    Args:
        rows: Nodes by the names of their columns; all rows name the same ones.
        replace: False to leave alone every node that exists.
        only_new: Columns that a node which exists keeps although the rows name them.

    Returns:
        The ids that were stored, each with whether there was such a node; the others were taken.
    """
    if not rows:
        return {}
    now = now_ms()
    common = {**_DEFAULTS, "source_batch_id": batch_id, "created_ms": now, "updated_ms": now}
    # Ids in order: two workers that meet on the same ids then wait for each other instead of for ever.
    values = [
        {**common, **row, "search_text": catalog_index.text_of(row)}
        for row in sorted(rows, key=lambda row: str(row["id"]))
    ]
    named = [name for name in rows[0] if name != "id" and name not in only_new]
    is_indexed = catalog_index.is_made_of(named)
    named += ["search_text"] if is_indexed else []
    is_postgresql = connection.dialect.name == "postgresql"
    dialect: Any = postgresql if is_postgresql else sqlite
    columns = [nodes.c[name] for name in values[0]]
    source = (_from_postgresql if is_postgresql else _from_sqlite)(values)
    statement = dialect.insert(nodes).from_select(columns, source, include_defaults=False)
    if replace:
        statement = statement.on_conflict_do_update(
            index_elements=["id"],
            set_={name: statement.excluded[name] for name in (*named, "source_batch_id", "updated_ms")},
            where=nodes.c.source_batch_id.is_distinct_from(batch_id),
        )
    else:
        statement = statement.on_conflict_do_nothing(index_elements=["id"])
    stored = connection.execute(statement.returning(nodes.c.id, nodes.c.created_ms)).all()
    # What was inserted just now carries the time of now; what was updated keeps the time when it was made.
    replaced = {node_id: created_ms != now for node_id, created_ms in stored}
    if not is_indexed and any(replaced.values()):  # What was kept of a node stands in none of the rows.
        catalog_index.refresh(connection, [node_id for node_id, was_there in replaced.items() if was_there])
    return replaced


def _from_postgresql(rows: Sequence[dict[str, Any]]) -> Select[Any]:
    """The rows as a table, from one parameter: one each took the server and the driver most of an import."""
    document = cast(literal(orjson.dumps(rows).decode(), Text()), postgresql.JSON)
    records = func.json_populate_recordset(literal_column("NULL::catalog_nodes"), document)
    return select(records.table_valued(*rows[0]))


def _from_sqlite(rows: Sequence[dict[str, Any]]) -> Select[Any]:
    record = func.json_each(literal(orjson.dumps(rows).decode(), Text())).table_valued("value").c.value
    # WHERE, because SQLite would otherwise take ON CONFLICT for the ON of a join (lang_upsert.html, 2.2).
    return select(*(func.json_extract(record, f"$.{name}") for name in rows[0])).where(true())


def ensure_folder(connection: Connection, node_id: str, title: str, parent_id: str | None = None) -> None:
    """Makes a folder unless there is a node of that id."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    now = now_ms()
    row = {**_DEFAULTS, "id": node_id, "parent_id": parent_id, "title": title, "kind": FOLDER}
    row["search_text"] = catalog_index.text_of(row)
    statement = dialect.insert(nodes).values(**row, created_ms=now, updated_ms=now)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["id"]))


def write_annotations(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Writes annotations to nodes, given as `node_id` and the columns to set."""
    if not rows:
        return
    names = [name for name in rows[0] if name != "node_id"]
    statement = (
        update(nodes)
        .where(nodes.c.id == bindparam("node_id"))
        .values({name: bindparam(f"new_{name}") for name in names} | {"annotated_ms": now_ms()})
    )
    connection.execute(
        statement,
        [{"node_id": row["node_id"]} | {f"new_{name}": row[name] for name in names} for row in rows],
    )


def count(connection: Connection, chosen: NodeFilter | None = None) -> int:
    """How many nodes the filter chooses; without one, how many there are, folders included."""
    statement = select(func.count()).select_from(nodes)
    if chosen is not None:
        statement = statement.where(*_conditions(chosen))
    return connection.execute(statement).scalar_one()


def stream(database: Any, chosen: NodeFilter, after: str | None) -> Iterator[Row[Any]]:
    """The chosen nodes by id, beginning behind `after`, in pages: never all of them at once."""
    return _pages(database, select(nodes).where(*_conditions(chosen)), after)


def stream_ids(database: Any, after: str | None) -> Iterator[str]:
    """The ids of all nodes, folders included, in order, beginning behind `after`, in pages."""
    return (row.id for row in _pages(database, select(nodes.c.id), after))


def _pages(database: Any, query: Select[Any], after: str | None) -> Iterator[Row[Any]]:
    while True:
        statement = query.order_by(nodes.c.id).limit(PAGE)
        if after is not None:
            statement = statement.where(nodes.c.id > after)
        with database.read() as connection:
            page = connection.execute(statement).all()
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id


def get(connection: Connection, node_id: str) -> Row[Any] | None:
    """The node of that id, or None."""
    return connection.execute(select(nodes).where(nodes.c.id == node_id)).one_or_none()


def existing(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str | None, int | None]]:
    """For those ids that are taken, the batch and the line that the node came from."""
    statement = select(nodes.c.id, nodes.c.source_batch_id, nodes.c.source_line).where(nodes.c.id.in_(ids))
    return {row.id: (row.source_batch_id, row.source_line) for row in connection.execute(statement)}


def areas(connection: Connection) -> list[dict[str, Any]]:
    """The business areas with their titles and how many functions each holds."""
    counts = connection.execute(
        select(nodes.c.area, func.count())
        .where(nodes.c.area.is_not(None), nodes.c.kind != FOLDER)
        .group_by(nodes.c.area)
        .order_by(nodes.c.area)
    ).all()
    found = select(nodes.c.id, nodes.c.title).where(nodes.c.id.in_([row[0] for row in counts]))
    titles = {row.id: row.title for row in connection.execute(found)}
    return [{"id": area, "title": titles.get(area, area), "count": number} for area, number in counts]


def areas_in_use(connection: Connection) -> list[str]:
    """The ids of the business areas of all functions, in order; the first few hundred of very many."""
    return _distinct(connection, nodes.c.area)


def kinds_in_use(connection: Connection) -> list[str]:
    """The kinds that there are beside folders, in order; the first few hundred of very many."""
    return [kind for kind in _distinct(connection, nodes.c.kind) if kind != FOLDER]


def _distinct(connection: Connection, column: Column[Any]) -> list[str]:
    """The values of an indexed column: a step in the index for each value, however many rows hold it."""
    found: list[str] = []
    query = select(func.min(column))
    while len(found) < MOST_CHOICES:
        value = connection.scalar(query.where(column > found[-1]) if found else query)
        if value is None:
            break
        found.append(value)
    return found


def _conditions(chosen: NodeFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [nodes.c.kind != FOLDER]
    if chosen.areas:
        conditions.append(nodes.c.area.in_(chosen.areas))
    if chosen.kinds:
        conditions.append(nodes.c.kind.in_(chosen.kinds))
    if chosen.only_missing:
        conditions.append(nodes.c.annotated_ms.is_(None))
    if chosen.parent:
        conditions.append(nodes.c.id.in_(_below(chosen.parent)))
    if chosen.text:
        conditions.append(catalog_index.matches(chosen.text))
    return conditions


def _below(parent: str) -> Any:
    tree = select(nodes.c.id).where(nodes.c.parent_id == parent).cte("below", recursive=True)
    # UNION, not UNION ALL: imported parents may form a circle.
    tree = tree.union(select(nodes.c.id).where(nodes.c.parent_id == tree.c.id))
    return select(tree.c.id)
