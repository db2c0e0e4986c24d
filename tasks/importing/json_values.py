"""Rows of JSON values, brought into what JSON text and both databases can hold."""

from __future__ import annotations

import math
from typing import Any

import orjson

from tasks.importing.encodings import has_undecodable
from tasks.importing.rows import MAX_ROW_CHARS, Problem, Row

MAX_DEPTH = 50
_INT64 = range(-(2**63), 2**63)


class _TooDeep(Exception):
    pass


def checked_row(values: dict[Any, Any], *, line: int, unit: str = "line", number: int = 0) -> Row:
    """A row of these values, or the row's problem where they cannot be stored."""
    try:
        encoded = orjson.dumps(values)
    except TypeError:  # Too deep, too large a number, or half of a surrogate pair: find out which.
        encoded = None
    if encoded is not None and len(encoded) <= MAX_ROW_CHARS and b"\\u0000" not in encoded:
        return Row(line, values, None, unit, number)
    problem: Problem | None = None
    try:
        cleaned = {_clean(str(name), 0): _clean(value, 1) for name, value in values.items()}
        problem = _find_problem(cleaned)
    except _TooDeep:
        cleaned = {}
        problem = Problem(None, "depth", f"The record is nested more than {MAX_DEPTH} levels deep")
    return Row(line, {} if problem else cleaned, problem, unit, number)


def _find_problem(values: dict[str, Any]) -> Problem | None:
    sizes = {}
    for name, value in values.items():
        shown = name.encode("utf-8", "replace").decode()[:200]
        try:
            sizes[shown] = len(orjson.dumps(value)) + len(name)
        except TypeError:
            return Problem(shown, "encoding", f"The field {shown} holds half of a character")
        if has_undecodable(name):
            return Problem(shown, "encoding", "The name of a field holds half of a character")
    if sum(sizes.values()) <= MAX_ROW_CHARS:
        return None
    largest = max(sizes, key=lambda name: sizes[name])
    message = f"The row has {sum(sizes.values()):,} characters; at most {MAX_ROW_CHARS:,} are allowed"
    return Problem(largest, "length", message)


def _clean(value: Any, depth: int) -> Any:
    """NUL characters replaced, numbers beyond 64 bits as text, and no value for what is not a number."""
    if depth > MAX_DEPTH:
        raise _TooDeep
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value in _INT64 else str(value)
    if isinstance(value, list):
        return [_clean(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {_clean(str(name), 0): _clean(one, depth + 1) for name, one in value.items()}
    return value
