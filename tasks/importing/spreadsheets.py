"""Excel workbooks: the first sheet that holds anything."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, ZipError

from tasks.importing.delimited import name_columns
from tasks.importing.rows import Row, broken_file


def read_workbook(path: Path) -> Iterator[Row]:
    """Reads the sheet's first filled row as header, the others as records."""
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheets = (workbook.get_sheet_by_name(name) for name in workbook.sheet_names)
        sheet = next((sheet for sheet in sheets if sheet.height > 0), None)
    except (CalamineError, ZipError, OSError) as error:
        raise broken_file("xlsx", f"is not a readable workbook: {error}") from error
    if sheet is None:
        raise broken_file("empty", "holds no rows")
    names: list[str] | None = None
    for number, record in enumerate(sheet.iter_rows(), start=1):  # Blank rows at the top are among them.
        if all(_is_blank(cell) for cell in record):
            continue
        if names is None:
            names = name_columns([str(cell) for cell in record])
        else:
            yield Row(number, dict(zip(names, map(_as_json, record), strict=False)))


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
