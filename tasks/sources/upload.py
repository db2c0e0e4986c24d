"""The rows of an uploaded file as items."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from store import uploads
from tasks.importing.columns import Columns, as_record, map_columns
from tasks.importing.readers import ACCEPTED, read_rows
from tasks.importing.rows import Row, broken_file
from tasks.operation import NoOptions, Source, SourceRequest

PEEK_ROWS = 200
MAX_PARKED = 4

Place = tuple[int, int]


class UploadSource(Source[NoOptions]):
    """Streams a file; the item's key is where its record begins: `line 12`, or `line 1, row 3`.

    A plan comes back in each of its slices for the rows behind the last. The open file waits for it here, so
    that each process reads a file once and not from its beginning each time.
    """

    input = "file"
    accepted_files: tuple[str, ...] = ACCEPTED

    def __init__(self, columns: Columns | None = None) -> None:
        """Reads files with these columns; without any, each file shows by itself what its columns are."""
        self._columns = columns
        self._parked: dict[tuple[Any, ...], _Reading] = {}

    def count(self, request: SourceRequest) -> int | None:
        """Only reading tells how many rows there are."""
        return None

    def items(self, request: SourceRequest, after: str | None) -> Iterator[tuple[str, Any]]:
        """Records with the columns already mapped to the parts of a node.

        Raises:
            InvalidInput: The file cannot be read, or a column was chosen that it does not have.
        """
        path = request.upload_path
        if path is None or not uploads.exists(path):
            raise broken_file("missing", "is no longer there; upload it again")
        wanted = request.options.chosen_columns() if self._columns is None else {}
        last = _parse_key(after) if after is not None else (0, 0)
        status = path.stat()
        name = (path, status.st_mtime_ns, status.st_size, *wanted.values())
        # Taken out while it is read: another thread that comes for the same file opens it anew.
        reading = self._parked.pop(name, None)
        if reading is None or reading.place > last:
            reading = _Reading(path, request.upload_name or "", wanted, self._columns)
        try:
            for row in reading:
                if (row.line, row.place) > last:
                    yield _make_key(row), as_record(row, reading.columns)
        except GeneratorExit:  # The slice is over, and the file is not.
            self._park(name, reading)
            raise

    def _park(self, name: tuple[Any, ...], reading: _Reading) -> None:
        self._parked[name] = reading
        for oldest in list(self._parked)[:-MAX_PARKED]:
            self._parked.pop(oldest, None)


class _Reading:
    """A file that is being read.

    Attributes:
        columns: Which column is which part of a node.
        place: Line of the last row that was read, and its place in the line.
    """

    def __init__(self, path: Path, name: str, wanted: dict[str, str | None], columns: Columns | None) -> None:
        rows = read_rows(path, name)
        head = list(itertools.islice(rows, PEEK_ROWS))
        self.columns = columns or map_columns(head, wanted)
        self.place: Place = (0, 0)
        self._rows = itertools.chain(head, rows)

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        row = next(self._rows)
        self.place = (row.line, row.place)
        return row


def _make_key(row: Row) -> str:
    return f"line {row.line}" if row.place == 1 else f"line {row.line}, row {row.place}"


def _parse_key(key: str) -> Place:
    line, _, place = key.removeprefix("line ").partition(", row ")
    return int(line), int(place or 1)
