"""Which reader a file needs, by what is in it rather than by its name alone."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from tasks.importing.delimited import read_delimited
from tasks.importing.encodings import detect_encoding
from tasks.importing.json_files import read_json, read_json_lines
from tasks.importing.rows import Reader, Row, broken_file
from tasks.importing.spreadsheets import read_workbook

ACCEPTED = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".xlsx")
_SAMPLE_BYTES = 4096
_FIRST_LINE_CHARS = 1_000_000

# How files of formats begin that are not read, whatever they are called.
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "is an Excel workbook of the format before 2007; save it as .xlsx"),
    (b"%PDF-", "is a PDF document"),
    (b"\x1f\x8b", "is compressed by gzip; unpack it first"),
    (b"PAR1", "is a Parquet file"),
)
_MARKUP = re.compile(r"<(!doctype|!--|\?xml|html|head|body|table|meta|div|svg)\b", re.IGNORECASE)
# Not any bracket: the headers of some exports stand in brackets, as in `[id],[name]`.
_JSON = re.compile(r'\{\s*["}]|\[\s*[\[{\]]')


def read_rows(path: Path, name: str) -> Iterator[Row]:
    """The rows of a file.

    Args:
        name: What the person called it; its ending decides where the content leaves a choice.

    Raises:
        InvalidInput: The file is empty, broken, or of a format that is not read.
    """
    reader = choose_reader(path, name)
    try:
        yield from reader(path)
    except UnicodeError as error:
        raise broken_file("encoding", f"is not valid {detect_encoding(path)}: {error}") from error


def choose_reader(path: Path, name: str) -> Reader:
    """The reader for a file.

    Raises:
        InvalidInput: The file is empty or of a format that is not read.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    if not sample.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise broken_file("empty", "holds no rows")
    if sample.startswith(b"PK\x03\x04"):
        return read_workbook
    for mark, what in _OTHERS:
        if sample.startswith(mark):
            raise broken_file("format", what)
    suffix = Path(name).suffix.lower()
    if suffix not in ACCEPTED:
        raise broken_file("format", f"must be one of {', '.join(ACCEPTED)}")
    if suffix == ".xlsx":
        raise broken_file("xlsx", "is called .xlsx but is not a workbook")
    encoding = detect_encoding(path)
    if encoding in ("utf-8", "cp1252") and b"\x00" in sample:
        raise broken_file("format", "holds binary data, not text")
    return _choose_text_reader(path, suffix, encoding)


def _choose_text_reader(path: Path, suffix: str, encoding: str) -> Reader:
    if suffix in (".jsonl", ".ndjson"):
        return read_json_lines
    with path.open(encoding=encoding, errors="replace") as file:
        beginning = file.read(_SAMPLE_BYTES).lstrip()
    if suffix != ".json":
        if _MARKUP.match(beginning):
            raise broken_file("format", "holds HTML or XML, not a table")
        if not _JSON.match(beginning):
            return read_delimited
    return read_json_lines if _is_json_lines(path, encoding) else read_json


def _is_json_lines(path: Path, encoding: str) -> bool:
    """True for a .json file that holds an object on its first filled line and another on the next."""
    with path.open(encoding="utf-8" if encoding == "cp1252" else encoding, errors="replace") as file:
        lines = (line.strip() for line in iter(lambda: file.readline(_FIRST_LINE_CHARS), ""))
        first, second = itertools.islice(itertools.chain(filter(None, lines), ("", "")), 2)
    return first.startswith("{") and first.endswith("}") and second.startswith("{")
