"""The operations `reload-catalog` and `add-files`: files of the catalog's folder become its nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from realtime.publish import catalog_news
from store import catalog, catalog_sync
from store.batches import BatchRow
from store.states import Status
from tasks.importing.nodes import MAX_META_CHARS, make_node
from tasks.operation import ADMINS, Context, Item, ItemError, NoOptions, Outcome, operation
from tasks.outcomes import SKIPPED, clean_text
from tasks.sources.folder import FolderSource

RELOAD, ADD = "reload-catalog", "add-files"
MAX_AREA_CHARS = 200


def make_catalog_node(item: Item, _options: NoOptions, _context: Context) -> dict[str, Any]:
    """Checks one row and makes a node of it, whose id must be named."""
    record = item.data
    node = make_node(record, folder="", prefix="")
    line, meta = record["line"], node["meta"]
    return node | {
        "parent_id": node["parent_id"] or None,
        "description": _text(meta, "description", MAX_META_CHARS, line),
        "area": _text(meta, "area", MAX_AREA_CHARS, line),
    }


def save(connection: Connection, context: Context, outcomes: Sequence[Outcome[dict[str, Any]]]) -> None:
    """Stores what is new or has changed; rows that stand in the catalog just so are skipped."""
    first: dict[str, Outcome[dict[str, Any]]] = {}
    for outcome in outcomes:
        if first.setdefault(outcome.result["id"], outcome) is not outcome:
            outcome.fail(_repeated(outcome))
    rows = [outcome.result for outcome in first.values()]
    same = catalog_sync.unchanged(connection, context.batch_id, rows)
    catalog_sync.mark_seen(connection, context.batch_id, same)
    changed = [row for row in rows if row["id"] not in same]
    stored = catalog.upsert_from_batch(connection, context.batch_id, changed)
    for node_id, outcome in first.items():
        title = outcome.result["title"]
        if node_id in same:
            outcome.kind, outcome.result = SKIPPED, {"id": node_id, "title": title, "unchanged": True}
        elif node_id in stored:
            outcome.result = {"id": node_id, "title": title, "replaced": stored[node_id]}
        else:
            outcome.fail(_repeated(outcome))


def after_reload(connection: Connection, batch: BatchRow) -> list[int]:
    """Deletes what no file holds any more, and tells of all.

    Nothing is deleted where a row has failed that may have held it, or not all files were read.
    """
    if batch.status != Status.COMPLETED:
        return catalog_news.after_files(connection, batch)
    is_whole = not batch.failed and not (batch.filters or {}).get("files")
    deleted = catalog_sync.delete_unseen(connection, batch.id, [RELOAD, ADD]) if is_whole else 0
    return catalog_news.after_reload(connection, batch, deleted)


@operation(
    RELOAD,
    title="Reload the catalog",
    description="Makes the catalog what the files in its folder say; what they no longer hold is deleted.",
    icon="refresh",
    item_label="rows",
    source=FolderSource(),
    roles=ADMINS,
    save=save,
    ended=after_reload,
)
def reload_row(item: Item, options: NoOptions, context: Context) -> dict[str, Any]:
    """Makes a node of a row."""
    return make_catalog_node(item, options, context)


@operation(
    ADD,
    title="Add files to the catalog",
    description="Adds and changes nodes by the files in the catalog's folder; nothing is deleted.",
    icon="file-plus",
    item_label="rows",
    source=FolderSource(),
    roles=ADMINS,
    save=save,
    ended=catalog_news.after_files,
)
def add_row(item: Item, options: NoOptions, context: Context) -> dict[str, Any]:
    """Makes a node of a row."""
    return make_catalog_node(item, options, context)


def _text(meta: dict[str, Any], name: str, most: int, line: int) -> str | None:
    value = meta.pop(name, None)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ItemError(f"{name} is not a text", field=name, rule="type", line=line)
    if len(value) > most:
        raise ItemError(f"{name} has more than {most:,} characters", field=name, rule="length", line=line)
    return clean_text(value, most)


def _repeated(outcome: Outcome[dict[str, Any]]) -> ItemError:
    return ItemError(
        f"The id {outcome.result['id']!r} stands in the files before",
        field="id",
        rule="unique",
        line=outcome.result["source_line"],
    )
