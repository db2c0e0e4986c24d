"""What a row may hold so that it can be stored: one that cannot must not stop the others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from tasks.importing.encodings import has_undecodable
from tasks.importing.rows import Problem, Row

MAX_ROW_BYTES = 256 * 1024


def check_row(row: Row) -> Row:
    """The row itself, or in its place one that says why it cannot be stored."""
    if row.problem is not None:
        return row
    try:
        size = _measure(row.values)
    except TypeError:
        problem = next(filter(None, (_find_problem(name, value) for name, value in row.values.items())), None)
        return replace(row, values={}, problem=problem or Problem(None, "type", "The row is not JSON"))
    if size <= MAX_ROW_BYTES:
        return row
    message = f"The row has {size:,} bytes; at most {MAX_ROW_BYTES:,} are allowed"
    return replace(row, values={}, problem=Problem(None, "length", message))


def _find_problem(name: str, value: Any) -> Problem | None:
    shown = name.encode("utf-8", "replace").decode()
    if has_undecodable(name):
        return Problem(shown, "encoding", f"The field {shown} holds what is not text")
    try:
        _measure(value)
    except TypeError as error:
        if "Recursion" in str(error):
            return Problem(shown, "depth", f"The field {shown} is nested too deeply")
        if "UTF-8" in str(error):
            return Problem(shown, "encoding", f"The field {shown} holds what is not text")
        return Problem(shown, "type", f"The field {shown} holds what cannot be stored: {error}")
    return None


def _measure(value: Any) -> int:
    # In lists, because the plan stores it inside of others and orjson takes 254 levels in all.
    return len(orjson.dumps([[[[[[value]]]]]]))
