"""The rows of an uploaded file as items."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from tasks.importing.columns import as_record, map_columns
from tasks.importing.readers import ACCEPTED, read_rows
from tasks.importing.rows import Row, broken_file
from tasks.operation import SourceRequest

PEEK_ROWS = 200


class UploadSource:
    """Streams a file; the item's key is where its record begins: `line 12`, or `line 1, row 3`."""

    input = "file"
    filters: type[BaseModel] | None = None
    accepted_files: tuple[str, ...] = ACCEPTED

    def count(self, request: SourceRequest) -> int | None:
        """Only reading tells how many rows there are."""
        return None

    def items(self, request: SourceRequest, after: str | None) -> Iterator[tuple[str, Any]]:
        """Records with the columns already mapped to the parts of a node.

        Raises:
            InvalidInput: The file cannot be read, or a column was chosen that it does not have.
        """
        if request.upload_path is None or not request.upload_path.is_file():
            raise broken_file("missing", "is no longer there; upload it again")
        rows = read_rows(request.upload_path, request.upload_name or "")
        head = list(itertools.islice(rows, PEEK_ROWS))
        columns = map_columns(head, request.options.chosen_columns())
        last = _parse_key(after) if after is not None else (0, 0)
        for row in itertools.chain(head, rows):
            if (row.line, row.place) > last:
                yield _make_key(row), as_record(row, columns)


def _make_key(row: Row) -> str:
    return f"line {row.line}" if row.place == 1 else f"line {row.line}, row {row.place}"


def _parse_key(key: str) -> tuple[int, int]:
    line, _, place = key.removeprefix("line ").partition(", row ")
    return int(line), int(place or 1)
