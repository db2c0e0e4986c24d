"""JSON and JSONL, read record by record, so that the file need not fit into memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from tasks.importing.encodings import detect_encoding, has_undecodable
from tasks.importing.rows import MAX_RECORD_BYTES, Problem, Row, broken_file

BLOCK_CHARS = 256 * 1024
_SPACE = " \t\r\n"


def read_json(path: Path) -> Iterator[Row]:
    """Reads a list of objects, or the first list of objects that the top-level object holds."""
    with path.open(encoding=_text_encoding(path), errors="surrogateescape") as file:
        scanner = _Scanner(file)
        first = scanner.peek()
        if first == "[":
            yield from _read_list(scanner)
        elif first == "{":
            yield from _read_object(scanner)
        else:
            raise broken_file("json", "is neither a JSON list nor a JSON object")
        if scanner.peek():
            raise broken_file("json", f"line {scanner.line}: there is text behind the end of the JSON value")


def read_json_lines(path: Path) -> Iterator[Row]:
    """Reads one JSON object per line; a line that is none is that row's problem."""
    with path.open(encoding=_text_encoding(path), errors="surrogateescape") as file:
        for number in _count_from(1):
            line = file.readline(MAX_RECORD_BYTES)
            if not line:
                return
            if len(line) >= MAX_RECORD_BYTES:
                raise broken_file(
                    "line_too_long", f"line {number} has more than {MAX_RECORD_BYTES:,} characters"
                )
            if line.strip():
                yield _parse_line(line, number)


class _Scanner:
    """Reads JSON values one after the other from a text stream, and knows in which line it is."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._place = 0
        self._at_end = False
        self._decoder = json.JSONDecoder(parse_int=_parse_int)
        self.line = 1

    def peek(self) -> str:
        """The next character that is no white space, or nothing at the end of the file."""
        while True:
            while self._place < len(self._text) and self._text[self._place] in _SPACE:
                self.line += self._text[self._place] == "\n"
                self._place += 1
            if self._place < len(self._text) or not self._more():
                return self._text[self._place : self._place + 1]

    def skip(self, expected: str) -> None:
        """Passes the next character, which must be one of those expected."""
        found = self.peek()
        if not found or found not in expected:
            what = repr(found) if found else "the end of the file"
            raise broken_file("json", f"line {self.line}: found {what} where one of {expected!r} belongs")
        self._place += 1

    def value(self) -> Any:
        """Reads the next JSON value whole."""
        if not self.peek():
            raise broken_file("json", f"line {self.line}: the file ends in the middle of a value")
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._place)
            except RecursionError as error:
                raise broken_file("json", f"line {self.line}: values are nested too deeply") from error
            except ValueError as error:
                if not self._more():
                    raise broken_file("json", f"line {self.line}: {getattr(error, 'msg', error)}") from error
                continue
            # A number may go on in the next block: it is whole only if something follows it.
            if end < len(self._text) or not self._more():
                self.line += self._text.count("\n", self._place, end)
                self._place = end
                return value

    def _more(self) -> bool:
        if self._at_end:
            return False
        if len(self._text) - self._place > MAX_RECORD_BYTES:
            raise broken_file(
                "json", f"line {self.line}: one value has more than {MAX_RECORD_BYTES:,} characters"
            )
        # Each time twice as much, so that a long value is not tried again at every block.
        block = self._file.read(max(BLOCK_CHARS, len(self._text) - self._place))
        self._text = self._text[self._place :] + block
        self._place = 0
        self._at_end = not block
        return bool(block)


def _read_list(scanner: _Scanner) -> Iterator[Row]:
    scanner.skip("[")
    if scanner.peek() == "]":
        scanner.skip("]")
        return
    line = place = 0
    while True:
        scanner.peek()
        place = place + 1 if scanner.line == line else 1
        line = scanner.line
        yield _row(scanner.value(), line, place)
        if scanner.peek() == "]":
            scanner.skip("]")
            return
        scanner.skip(",")


def _read_object(scanner: _Scanner) -> Iterator[Row]:
    scanner.skip("{")
    found = False
    while scanner.peek() != "}":
        scanner.value()
        scanner.skip(":")
        if not found and scanner.peek() == "[":
            rows = _read_list(scanner)
            first = next(rows, None)
            found = first is not None and bool(first.values)
            if first is not None and found:
                yield first
            for row in rows:  # To its end in any case, to pass it.
                if found:
                    yield row
        else:
            scanner.value()
        if scanner.peek() != "}":
            scanner.skip(",")
    scanner.skip("}")
    if not found:
        raise broken_file("rows", "holds no list of objects")


def _parse_line(line: str, number: int) -> Row:
    try:
        value = json.loads(line, parse_int=_parse_int)
    except (ValueError, RecursionError) as error:
        message = f"The line is not JSON: {getattr(error, 'msg', error)}"
        return Row(number, {}, Problem(None, "json", message))
    return _row(value, number)


def _row(value: Any, line: int, place: int = 1) -> Row:
    if not isinstance(value, dict):
        problem = Problem(None, "object", f"The record is a {_kind(value)}, not an object")
        return Row(line, {}, problem, place)
    for name, field in value.items():
        if has_undecodable(name) or (isinstance(field, str) and has_undecodable(field)):
            shown = name.encode("utf-8", "replace").decode()
            problem = Problem(shown, "encoding", f"The field {shown} holds what is not text")
            return Row(line, {}, problem, place)
    return Row(line, {str(name).replace("\x00", ""): field for name, field in value.items()}, place=place)


def _parse_int(digits: str) -> int | str:
    """A whole number, or its text where it has more than the 64 bits that JSON writers and databases take."""
    if len(digits) < 19:
        return int(digits)
    return int(digits) if len(digits) <= 20 and abs(int(digits)) < 2**63 else digits


def _kind(value: Any) -> str:
    names = {
        list: "list",
        str: "text",
        int: "number",
        float: "number",
        bool: "truth value",
        type(None): "null",
    }
    return names.get(type(value), type(value).__name__)


def _text_encoding(path: Path) -> str:
    encoding = detect_encoding(path)
    # JSON is UTF-8 (RFC 8259, section 8.1); what is not shows as a problem of its record.
    return "utf-8" if encoding == "cp1252" else encoding


def _count_from(start: int) -> Iterator[int]:
    number = start
    while True:
        yield number
        number += 1
