"""The operation `import`: the rows of an uploaded file become nodes of the catalog."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import PurePath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from sqlalchemy import Connection

from realtime.publish.catalog_news import after_import
from store import catalog
from tasks.importing.nodes import make_node
from tasks.operation import Context, Item, ItemError, Outcome, operation
from tasks.outcomes import SKIPPED
from tasks.sources.upload import UploadSource

ROOT = "import"
# Parts of a node that a file may lack, and the columns of the catalog that they go to.
_OPTIONAL = {"parent": "parent_id", "kind": "kind", "tags": "tags"}


def _column(part: str) -> Any:
    description = f"Which column holds the {part}; empty: it is recognised by its name or its values."
    return Field(None, title=f"{part.capitalize()} column", description=description, max_length=200)


class ImportOptions(BaseModel):
    """How the rows of a file become nodes."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    parent: str | None = Field(
        None,
        title="Put under",
        description="Id of the folder for the new nodes; empty: a folder named after the file.",
        max_length=100,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$",
        examples=["import.suppliers"],
    )
    on_duplicate: Literal["update", "skip", "fail"] = Field(
        "update", title="If a node exists", description="What to do with rows whose node exists already."
    )
    keep_ids: bool = Field(
        False,
        title="Ids are catalog ids",
        description="Take ids as they are, to change nodes that exist; else they count in this file only.",
    )
    id_column: str | None = _column("id")
    parent_column: str | None = _column("parent")
    title_column: str | None = _column("title")
    kind_column: str | None = _column("kind")
    tags_column: str | None = _column("tags")

    def chosen_columns(self) -> dict[str, str | None]:
        """The columns that the person chose, by part of a node."""
        return {
            "id": self.id_column,
            "parent": self.parent_column,
            "title": self.title_column,
            "kind": self.kind_column,
            "tags": self.tags_column,
        }


def save(
    connection: Connection, context: Context[ImportOptions], outcomes: Sequence[Outcome[dict[str, Any]]]
) -> None:
    """Stores the nodes; rows whose id is taken fail, are skipped or replace, as the options say."""
    fresh = _drop_repeated(outcomes)
    policy = context.options.on_duplicate
    stored = catalog.upsert_from_batch(
        connection,
        context.batch_id,
        [{k: v for k, v in outcome.result.items() if k != "folder"} for outcome in fresh],
        replace=policy == "update",
        only_new=_not_in_file(fresh),
    )
    for folder in sorted({outcome.result["folder"] for outcome in fresh if outcome.result["id"] in stored}):
        _ensure_folder(connection, folder)
    _refuse_taken(
        connection, context.batch_id, policy, [one for one in fresh if one.result["id"] not in stored]
    )
    for outcome in fresh:
        node = outcome.result
        if node is not None:
            replaced = stored[node["id"]]
            outcome.result = {"id": node["id"], "title": node["title"], "replaced": replaced}


@operation(
    "import",
    title="Import a file",
    description="Turns the rows of a CSV, JSON, JSONL or Excel file into nodes of the catalog.",
    icon="file-import",
    item_label="rows",
    options=ImportOptions,
    source=UploadSource(),
    save=save,
    ended=after_import,
)
def import_row(item: Item, options: ImportOptions, context: Context) -> dict[str, Any]:
    """Checks one row and makes a node of it."""
    stem = _slug(PurePath(context.upload_name or "file").stem)
    folder = options.parent or f"{ROOT}.{stem}"
    prefix = "" if options.keep_ids else f"{folder}."
    node = make_node(item.data, folder=folder, prefix=prefix)
    return node | {"folder": folder}


def _not_in_file(outcomes: Sequence[Outcome[dict[str, Any]]]) -> set[str]:
    """The columns of a node that the file says nothing about: there the node got a default."""
    records = [outcome.item.data for outcome in outcomes]
    absent = {
        column for part, column in _OPTIONAL.items() if not any(part in record["parts"] for record in records)
    }
    return absent if any(record["meta"] for record in records) else absent | {"meta"}


def _drop_repeated(outcomes: Sequence[Outcome[dict[str, Any]]]) -> list[Outcome[dict[str, Any]]]:
    first: dict[str, Outcome[dict[str, Any]]] = {}
    for outcome in outcomes:
        earlier = first.setdefault(outcome.result["id"], outcome)
        if earlier is not outcome:
            outcome.fail(_repeated(outcome, earlier.item.key))
    return list(first.values())


def _repeated(outcome: Outcome[dict[str, Any]], place: str | None) -> ItemError:
    where = f" in {place}" if place is not None else ""
    column = outcome.item.data.get("columns", {}).get("id") or "id"
    return ItemError(
        f"The id {outcome.result['id']!r} stands in the file before{where}",
        field=column,
        rule="unique",
        line=outcome.result["source_line"],
    )


def _refuse_taken(
    connection: Connection, batch_id: str, policy: str, outcomes: Sequence[Outcome[dict[str, Any]]]
) -> None:
    """Turns rows whose id was taken into failures, by who took it."""
    if not outcomes:
        return
    known = catalog.existing(connection, [outcome.result["id"] for outcome in outcomes])
    for outcome in outcomes:
        owner, line = known.get(outcome.result["id"], (None, None))
        if owner == batch_id:
            outcome.fail(_repeated(outcome, f"line {line}"))
        elif policy == "update":  # Another batch took it from ours a moment ago.
            outcome.fail(_repeated(outcome, None))
        else:
            _refuse(outcome, policy)


def _refuse(outcome: Outcome[dict[str, Any]], policy: str) -> None:
    error = ItemError(
        f"There is already a node {outcome.result['id']!r}",
        field=outcome.item.data.get("columns", {}).get("id") or "id",
        rule="exists",
        line=outcome.result["source_line"],
    )
    outcome.fail(error)
    if policy == "skip":
        outcome.kind = SKIPPED


def _ensure_folder(connection: Connection, folder: str) -> None:
    parent, _, name = folder.rpartition(".")
    if parent == ROOT:
        catalog.ensure_folder(connection, ROOT, "Imported files")
    catalog.ensure_folder(connection, folder, name.replace("-", " "), parent or None)


def _slug(stem: str) -> str:
    """A readable part of an id; letters that it cannot hold become a hash, so that two names stay two."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", stem) if not unicodedata.combining(one))
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60] or "file"
    if any(one.isalnum() and not one.isascii() for one in plain):
        slug += f"-{blake2b(stem.encode('utf-8', 'replace'), digest_size=3).hexdigest()}"
    return slug
