"""From a record to a catalog node, or to the rule that it breaks."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from tasks.operation import ItemError
from tasks.outcomes import clean_text

MAX_ID_CHARS = 200
MAX_TITLE_CHARS = 500
MAX_KIND_CHARS = 50
MAX_TAGS = 50
MAX_TAG_CHARS = 100
MAX_META_CHARS = 20_000

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def make_node(record: dict[str, Any], *, folder: str, prefix: str) -> dict[str, Any]:
    """Checks a record and makes a node of it.

    Args:
        record: As `columns.as_record` gives it.
        folder: Id of the node that the new one goes under, unless the record names a parent.
        prefix: Put before the ids that the record names, so that files do not overwrite each other.

    Raises:
        ItemError: The record breaks a rule; names line, field and rule.
    """
    line, place = record["line"], record["place"]
    if "problem" in record:
        problem = record["problem"]
        raise ItemError(problem["message"], field=problem["field"], rule=problem["rule"], line=line)
    parts = record["parts"]

    def fail(part: str, rule: str, message: str) -> ItemError:
        field = record["columns"].get(part, part)
        return ItemError(f"{field} {message}", field=field, rule=rule, line=line)

    title = _text(parts.get("title"), "title", MAX_TITLE_CHARS, fail)
    if not title:
        raise fail("title", "required", "is empty, and a node needs a title")
    own_id = _text(parts.get("id"), "id", MAX_ID_CHARS - len(prefix), fail)
    if "id" in parts and not own_id:
        raise fail("id", "required", "is empty, and a node needs an id")
    parent = _text(parts.get("parent"), "parent", MAX_ID_CHARS - len(prefix), fail)
    return {
        "id": f"{prefix}{own_id}" if own_id else f"{folder}.{line}" + (f"-{place}" if place > 1 else ""),
        "parent_id": f"{prefix}{parent}" if parent else folder,
        "title": title,
        "kind": _text(parts.get("kind"), "kind", MAX_KIND_CHARS, fail) or "record",
        "tags": _tags(parts.get("tags"), fail),
        "meta": _meta(record["meta"], line),
        "source_line": line,
    }


Fail = Callable[[str, str, str], ItemError]


def _text(value: Any, part: str, most: int, fail: Fail) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, list | dict):
        raise fail(part, "type", f"is a {'list' if isinstance(value, list) else 'nested object'}, not a text")
    text = str(value).strip()
    if _CONTROL.search(text):
        text = _CONTROL.sub(" ", text).strip()
    if len(text) > most:
        raise fail(part, "length", f"has {len(text):,} characters; at most {most} are allowed")
    return text


def _tags(value: Any, fail: Fail) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, str):
        value = re.split(r"[,;|]", value)
    if not isinstance(value, list):
        value = [value]
    tags = list(dict.fromkeys(tag for one in value if (tag := _text(one, "tags", MAX_TAG_CHARS, fail))))
    if len(tags) > MAX_TAGS:
        raise fail("tags", "length", f"has {len(tags)} tags; at most {MAX_TAGS} are allowed")
    return tags


def _meta(meta: dict[str, Any], line: int) -> dict[str, Any]:
    cleaned = {name: _clean(value) for name, value in meta.items()}
    size = sum(len(name) + len(str(value)) for name, value in cleaned.items())
    if size > MAX_META_CHARS:
        message = f"The row has {size:,} characters; at most {MAX_META_CHARS:,} are allowed"
        raise ItemError(message, rule="length", line=line)
    return cleaned


def _clean(value: Any) -> Any:
    """The value without what JSON or a database cannot hold."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return str(value)
    if isinstance(value, str):
        return clean_text(value, MAX_META_CHARS * 2)
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {clean_text(str(name)): _clean(one) for name, one in value.items()}
    return value
