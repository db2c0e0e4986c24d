"""CSV and its relatives: comma, semicolon, tab or bar between the fields."""

from __future__ import annotations

import csv
import io
import itertools
import secrets
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tasks.importing.encodings import detect_encoding, has_undecodable
from tasks.importing.rows import MAX_RECORD_BYTES, Problem, Row, broken_file

DELIMITERS = ",;\t|"
SAMPLE_CHARS = 64 * 1024
SAMPLE_RECORDS = 50

csv.field_size_limit(MAX_RECORD_BYTES)


def read_delimited(path: Path) -> Iterator[Row]:
    """Reads records with a header line; quoted fields may hold line breaks."""
    encoding = detect_encoding(path)
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        delimiter = detect_delimiter(file.read(SAMPLE_CHARS))
        file.seek(0)
        yield from _read(file, delimiter)


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


def _read(file: Iterator[str], delimiter: str) -> Iterator[Row]:
    records = _read_records(file, delimiter)
    header = next(records, None)
    if header is None:
        raise broken_file("empty", "holds no rows")
    names = name_columns(header[1])
    for line, record in records:
        yield _row(names, record, line)


def _read_records(file: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The records that are not blank, each with the line that it begins in."""
    # A quote that is never closed takes all that follows into one field, and then these lines too.
    end = f"end {secrets.token_hex(16)}"
    reader = csv.reader(itertools.chain(file, ["\n", end]), delimiter=delimiter)
    line = 1
    try:
        for record in reader:
            if record and record[-1].endswith(end):
                if record != [end]:
                    raise broken_file("quote", f"line {line}: a quote is opened here and never closed")
                return
            if any(field.strip() for field in record):
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise broken_file("csv", f"line {reader.line_num}: {error}") from error


def _row(names: list[str], record: list[str], line: int) -> Row:
    extra = [field for field in record[len(names) :] if field.strip()]
    if extra or len(record) < len(names):
        count = len(record)
        message = f"The row has {count} fields, the header has {len(names)}"
        return Row(line, {}, Problem(None, "columns", message))
    values = dict(zip(names, (field.strip() for field in record), strict=False))
    for name, value in values.items():
        if has_undecodable(value):
            message = f"The field {name} holds bytes that are not text"
            return Row(line, {}, Problem(name, "encoding", message))
    return Row(line, values)


def name_columns(header: list[str]) -> list[str]:
    """A distinct, printable name for each column: blank ones by their place, repeated ones numbered."""
    names: list[str] = []
    taken: set[str] = set()
    for place, field in enumerate(header, start=1):
        base = field.encode("utf-8", "replace").decode().replace("\x00", "").strip() or f"column {place}"
        name, number = base, 2
        while name in taken:
            name, number = f"{base} {number}", number + 1
        taken.add(name)
        names.append(name)
    return names
