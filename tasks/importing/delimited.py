"""CSV and its relatives: comma, semicolon, tab or bar between the fields."""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tasks.importing.encodings import detect_encoding, has_undecodable
from tasks.importing.rows import MAX_RECORD_CHARS, MAX_ROW_CHARS, Problem, Row, broken_file

DELIMITERS = ",;\t|"
SAMPLE_CHARS = 64 * 1024
SAMPLE_RECORDS = 50

# Follows the last line. Inside a quote it becomes part of a field, which shows that the quote never ends.
_END = "\x00end of file\x00"

csv.field_size_limit(MAX_RECORD_CHARS)


def read_delimited(path: Path) -> Iterator[Row]:
    """Reads records with a header line; quoted fields may hold line breaks."""
    encoding = detect_encoding(path)
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        try:
            delimiter = detect_delimiter(file.read(SAMPLE_CHARS))
            file.seek(0)
            yield from _read(file, delimiter)
        except UnicodeError as error:
            raise broken_file("encoding", f"is not valid {encoding}: {error}") from error


def read_tabbed(path: Path) -> Iterator[Row]:
    """Reads records whose fields are separated by tabs, whatever else they hold."""
    encoding = detect_encoding(path)
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        try:
            yield from _read(file, "\t")
        except UnicodeError as error:
            raise broken_file("encoding", f"is not valid {encoding}: {error}") from error


def detect_delimiter(sample: str) -> str:
    """The candidate that splits the first records into the same number of fields most often."""

    def fit(delimiter: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        try:
            widths = [len(record) for record in itertools.islice(reader, SAMPLE_RECORDS) if record]
        except csv.Error:
            return 0.0, 0
        if not widths or widths[0] < 2:
            return 0.0, 0
        return Counter(widths)[widths[0]] / len(widths), widths[0]

    return max(DELIMITERS, key=fit)


def _read(file: Iterable[str], delimiter: str) -> Iterator[Row]:
    reader = csv.reader(itertools.chain(file, [_END]), delimiter=delimiter)
    names: list[str] | None = None
    line = 1
    try:
        for record in reader:
            begin, line = line, reader.line_num + 1
            if record and record[-1].endswith(_END):
                _check_end(record, begin)
            elif names is None:
                names = name_columns(record) if _is_filled(record) else None
            elif _is_filled(record):
                yield _row(names, record, begin)
    except csv.Error as error:
        message = f"line {line}: {error}; a quote that is never closed is the usual cause"
        raise broken_file("csv", message) from error
    if names is None:
        raise broken_file("empty", "holds no rows")


def _check_end(record: list[str], line: int) -> None:
    """Half a file must not pass for a whole one: the rows behind an open quote are all in one field."""
    if record != [_END]:
        raise broken_file("quote", f"a quote that opens in the record at line {line} is never closed")


def _is_filled(record: list[str]) -> bool:
    return any(field and not field.isspace() for field in record)


def _row(names: list[str], record: list[str], line: int) -> Row:
    if len(record) != len(names) and (len(record) < len(names) or _is_filled(record[len(names) :])):
        message = f"The row has {len(record)} fields, the header has {len(names)}"
        return Row(line, {}, Problem(None, "columns", message))
    values = {name: field.strip() for name, field in zip(names, record, strict=False)}
    whole = "".join(values.values())
    if len(whole) > MAX_ROW_CHARS:
        return Row(line, {}, too_long(values))
    if has_undecodable(whole):
        name = next(name for name, value in values.items() if has_undecodable(value))
        return Row(line, {}, Problem(name, "encoding", f"The field {name} holds bytes that are not text"))
    if "\x00" in whole:
        values = {name: value.replace("\x00", "\ufffd") for name, value in values.items()}
    return Row(line, values)


def too_long(values: dict[str, str]) -> Problem:
    """The problem of a row that is over the limit, named after its longest field."""
    name = max(values, key=lambda name: len(values[name]))
    total = sum(map(len, values.values()))
    return Problem(name, "length", f"The row has {total:,} characters; at most {MAX_ROW_CHARS:,} are allowed")


def name_columns(header: list[str]) -> list[str]:
    """A distinct, printable name for each column: blank ones by their place, repeated ones numbered."""
    names: list[str] = []
    taken: set[str] = set()
    for place, field in enumerate(header, start=1):
        base = field.encode("utf-8", "replace").decode().replace("\x00", "").strip() or f"column {place}"
        base = base[:200]
        name, number = base, 2
        while name in taken:
            name, number = f"{base} {number}", number + 1
        taken.add(name)
        names.append(name)
    return names
