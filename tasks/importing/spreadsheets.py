"""Excel workbooks: the first sheet that holds anything."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, WorksheetNotFound, ZipError

from tasks.importing.delimited import name_columns
from tasks.importing.json_values import checked_row
from tasks.importing.rows import Row, broken_file

# A workbook is a zip file, and a small one may unpack to more than a machine has. Honest ones are about
# ten times their size.
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024


def read_workbook(path: Path) -> Iterator[Row]:
    """Reads the sheet's first filled row as header, the others as records."""
    sheet = _open(path)
    first = (sheet.start or (0, 0))[0] + 1
    names: list[str] | None = None
    for number, record in enumerate(sheet.iter_rows(), start=first):
        if all(_is_blank(cell) for cell in record):
            continue
        if names is None:
            names = name_columns([str(_as_json(cell)) for cell in record])
        else:
            values = dict(zip(names, map(_as_json, record), strict=False))
            yield checked_row(values, line=number, unit="row")


def _open(path: Path) -> CalamineSheet:
    _check_size(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheets = (workbook.get_sheet_by_name(name) for name in workbook.sheet_names)
        sheet = next((sheet for sheet in sheets if sheet.height > 0), None)
    except (CalamineError, WorksheetNotFound, ZipError, OSError, ValueError) as error:
        raise broken_file("xlsx", f"is not a readable workbook: {error}") from error
    except BaseException as error:
        # What the Rust library did not expect; PyO3 derives it from BaseException and names no public class.
        if type(error).__name__ != "PanicException":
            raise
        raise broken_file("xlsx", "is a damaged workbook") from error
    if sheet is None:
        raise broken_file("empty", "holds no rows")
    return sheet


def _check_size(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            total = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise broken_file("xlsx", f"is not a readable workbook: {error}") from error
    if total > MAX_UNPACKED_BYTES:
        raise broken_file("too_large", f"unpacks to {total:,} bytes; {MAX_UNPACKED_BYTES:,} are allowed")


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _as_json(cell: Any) -> Any:
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, datetime.timedelta):
        return cell.total_seconds()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)  # A sheet knows no whole numbers: 501 is stored as 501.0.
    return cell
