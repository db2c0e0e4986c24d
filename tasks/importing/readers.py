"""Which reader a file needs, by what is in it rather than by its name alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tasks.importing.delimited import read_delimited
from tasks.importing.encodings import detect_encoding
from tasks.importing.json_files import read_json, read_json_lines
from tasks.importing.rows import Reader, Row, broken_file
from tasks.importing.spreadsheets import read_workbook

ACCEPTED = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".xlsx")
_SAMPLE_BYTES = 4096


def read_rows(path: Path, name: str) -> Iterator[Row]:
    """The rows of a file.

    Args:
        name: What the person called it; its ending decides where the content leaves a choice.

    Raises:
        InvalidInput: The file is empty, broken, or of a format that is not read.
    """
    return choose_reader(path, name)(path)


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
    suffix = Path(name).suffix.lower()
    if suffix == ".xlsx":
        raise broken_file("xlsx", "is called .xlsx but is not a workbook")
    encoding = detect_encoding(path)
    if suffix not in ACCEPTED or (encoding in ("utf-8", "cp1252") and b"\x00" in sample):
        if suffix not in ACCEPTED:
            raise broken_file("format", f"must be one of {', '.join(ACCEPTED)}")
        raise broken_file("format", "holds binary data, not text")
    if suffix in (".jsonl", ".ndjson"):
        return read_json_lines
    if suffix == ".json":
        return read_json_lines if _is_json_lines(path, encoding) else read_json
    return read_delimited


def _is_json_lines(path: Path, encoding: str) -> bool:
    """True for a .json file that holds an object on its first line and another on the next."""
    with path.open(encoding="utf-8" if encoding == "cp1252" else encoding, errors="replace") as file:
        first, second = file.readline(1_000_000).strip(), file.readline(10).lstrip()
    return first.startswith("{") and first.endswith("}") and second.startswith("{")
