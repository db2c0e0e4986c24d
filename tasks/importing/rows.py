"""What every reader of a file yields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from errors import InvalidInput

MAX_RECORD_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be used.

    Attributes:
        field: The column that breaks the rule, or None for the whole row.
        rule: Short name of the rule.
        message: One sentence for a person.
    """

    field: str | None
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file.

    Attributes:
        line: Line of the file, or row of the sheet, in which the record begins, counted from 1.
        values: By the name of the column, JSON values; empty where there is a problem.
        problem: Why the record cannot be read, or None.
        place: Place among the records that begin in the same line, counted from 1: JSON without line
            breaks has all of them in one.
    """

    line: int
    values: dict[str, Any]
    problem: Problem | None = None
    place: int = 1


class Reader(Protocol):
    """Reads a file as a stream of rows."""

    def __call__(self, path: Path) -> Iterator[Row]:
        """Yields the rows in order.

        Raises:
            InvalidInput: The file itself is broken, so that no row of it may be trusted.
        """


def broken_file(rule: str, message: str) -> InvalidInput:
    """The error for a file that cannot be read."""
    return InvalidInput.of("file", rule, message)
