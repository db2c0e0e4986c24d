"""Which column of a file becomes which part of a catalog node."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from errors import FieldError, InvalidInput
from tasks.importing.limits import check_row
from tasks.importing.rows import Row

_ID_NAMES = (
    "id",
    "node id",
    "key",
    "code",
    "identifier",
    "uid",
    "uuid",
    "iata",
    "icao",
    "sku",
    "isbn",
    "ean",
)
_ID_ENDINGS = (" id", " code", " key", " number", " no", " nr")
MIN_GOOD_IDS = 0.9
MIN_FILLED = 0.5

_TITLE_NAMES = ("title", "name", "label", "designation", "caption", "subject", "bezeichnung", "titel")
_PARENT_NAMES = ("parent", "parent id", "parentid", "parent node")
_KIND_NAMES = ("kind", "node type", "type")
_TAG_NAMES = ("tags", "tag", "labels", "keywords")


@dataclass(frozen=True)
class Columns:
    """The name of the column for each part of a node, or None where there is none."""

    id: str | None = None
    parent: str | None = None
    title: str | None = None
    kind: str | None = None
    tags: str | None = None

    @cached_property
    def names(self) -> dict[str, str]:
        """The column of each part that has one."""
        return {part: name for part, name in asdict(self).items() if name is not None}

    @cached_property
    def used(self) -> frozenset[str]:
        """The columns that do not go to `meta`."""
        return frozenset(self.names.values())


def map_columns(rows: Sequence[Row], wanted: dict[str, str | None]) -> Columns:
    """Chooses columns by their names, then by their values.

    Args:
        rows: The first rows of the file.
        wanted: What the person chose, by part; None or nothing for "find it yourself".

    Raises:
        InvalidInput: A column was chosen that the file does not have.
    """
    names = list(dict.fromkeys(name for row in rows for name in row.values))
    _check_wanted(names, wanted)
    identifier = wanted.get("id") or _find_id(names, rows)
    parent = wanted.get("parent") or _named(names, _PARENT_NAMES)
    rest = [name for name in names if name not in (identifier, parent)]
    title = wanted.get("title") or _find_title(rest, rows)
    rest = [name for name in rest if name != title]
    kind = wanted.get("kind") or _named(rest, _KIND_NAMES)
    tags = wanted.get("tags") or _named(rest, _TAG_NAMES)
    return Columns(identifier, parent, title or identifier, kind, tags)


def _check_wanted(names: list[str], wanted: dict[str, str | None]) -> None:
    problems = [
        FieldError(f"options.{part}Column", "unknown", f"there is no column {name!r}")
        for part, name in wanted.items()
        if name and name not in names
    ]
    if problems:
        first = problems[0]
        shown = ", ".join(names[:20]) or "none"
        raise InvalidInput(f"{first.field}: {first.message}; the file has: {shown}", problems)


def _find_id(names: list[str], rows: Sequence[Row]) -> str | None:
    by_name = [name for name in names if _plain(name) in _ID_NAMES]
    by_ending = [name for name in names[:1] if f" {_plain(name)}".endswith(_ID_ENDINGS)]
    for name in by_name + by_ending:
        values = [row.values.get(name) for row in rows if row.values]
        good = {str(value) for value in values if isinstance(value, str | int) and value != ""}
        # A few blank or repeated ones are the failures of their rows, not a reason to take no column.
        if good and len(good) >= len(values) * MIN_GOOD_IDS:
            return name
    return None


def _find_title(names: list[str], rows: Sequence[Row]) -> str | None:
    named = _named(names, _TITLE_NAMES)
    if named:
        return named
    for name in names:
        if set(_plain(name).split()) & {"title", "name"}:
            return name
    texts = [name for name in names if _is_text(name, rows)]
    filled = [name for name in names if _fill(name, rows) >= MIN_FILLED]
    return next(iter(texts + filled + names), None)


def _is_text(name: str, rows: Sequence[Row]) -> bool:
    filled = [value for row in rows if (value := row.values.get(name)) not in (None, "")]
    texts = [value for value in filled if isinstance(value, str) and re.search(r"[^\W\d_]{2}", value)]
    return _fill(name, rows) >= MIN_FILLED and len(texts) >= len(filled) * 0.8


def _fill(name: str, rows: Sequence[Row]) -> float:
    """The share of the rows that have a value in the column."""
    values = [row.values.get(name) for row in rows if row.values]
    return sum(value not in (None, "") for value in values) / len(values) if values else 0.0


def _named(names: list[str], wanted: Sequence[str]) -> str | None:
    by_plain = {_plain(name): name for name in reversed(names)}
    return next((by_plain[name] for name in wanted if name in by_plain), None)


def _plain(name: str) -> str:
    """`zipCode`, `zip_code` and `Zip Code` alike as `zip code`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.sub(r"[\W_]+", " ", spaced).strip().lower()


def as_record(row: Row, columns: Columns) -> dict[str, Any]:
    """A row as a batch item's data: the parts of a node, and the other columns under `meta`."""
    row = check_row(row)
    if row.problem is not None:
        return {"line": row.line, "place": row.place, "problem": asdict(row.problem)}
    used = columns.used
    parts = {part: row.values.get(name) for part, name in columns.names.items()}
    meta = {name: value for name, value in row.values.items() if name not in used}
    return {"line": row.line, "place": row.place, "parts": parts, "meta": meta, "columns": columns.names}
