"""The rows of files in the catalog's folder as items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from errors import InvalidInput
from tasks.importing.columns import Columns
from tasks.operation import Source, SourceRequest
from tasks.sources.upload import UploadSource

ENDINGS = (".json", ".jsonl")
MAX_FILE_BYTES = 1024**3
MAX_NAMES = 1000


class FolderFilters(BaseModel):
    """Which files of the catalog's folder."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    files: list[str] = Field(
        [],
        title="Files",
        description="Names of files in the catalog's folder; none means all of them.",
        max_length=MAX_NAMES,
        examples=[["functions.json"]],
    )


# What the rows of these files call the parts of a node; nothing is guessed.
COLUMNS = Columns(id="id", parent="parent", title="title", kind="kind", tags="tags")


class FolderSource(Source[FolderFilters]):
    """Streams one file after the other, by name; the item's key is `functions.json: line 12`."""

    filters = FolderFilters

    def __init__(self) -> None:
        self._reading = UploadSource(COLUMNS)

    def count(self, request: SourceRequest[FolderFilters]) -> int | None:
        """Only reading tells how many rows there are."""
        return None

    def items(self, request: SourceRequest[FolderFilters], after: str | None) -> Iterator[tuple[str, Any]]:
        """Records, each with the name of its file.

        Raises:
            InvalidInput: A file is not there, or cannot be read; it is named.
        """
        last_file, _, last = (after or "").rpartition(": ")
        for path in files_in(request.catalog_dir, request.filters.files):
            if after is not None and path.name < last_file:
                continue
            behind = last if after is not None and path.name == last_file else None
            one = replace(request, upload_path=path, upload_name=path.name)
            try:
                for key, record in self._reading.items(one, behind):
                    yield f"{path.name}: {key}", record | {"file": path.name}
            except InvalidInput as error:
                raise InvalidInput.of("files", "readable", f"{path.name} {_rest(error)}") from error


def files_in(folder: Path | None, names: list[str]) -> list[Path]:
    """The files of these names, or all that the catalog is made of, by name.

    Raises:
        InvalidInput: There is no such folder or file, it is elsewhere, or it is too large.
    """
    if folder is None or not folder.is_dir():
        raise InvalidInput.of("files", "folder", f"there is no folder {folder}; make it, and put files there")
    if not names:
        names = [path.name for path in folder.iterdir() if path.suffix.lower() in ENDINGS]
    if not names:
        raise InvalidInput.of("files", "required", f"no {' or '.join(ENDINGS)} file is in {folder}")
    return sorted({_checked(folder, name) for name in names})


def _checked(folder: Path, name: str) -> Path:
    path = folder / name
    if not name or "/" in name or "\\" in name or "\x00" in name or path.name != name:
        raise InvalidInput.of("files", "name", f"{name!r} is not the name of a file in the catalog's folder")
    if path.suffix.lower() not in ENDINGS:
        raise InvalidInput.of("files", "ending", f"{name} does not end in {' or '.join(ENDINGS)}")
    # A link could lead out of the folder, to what nobody meant to show.
    if path.is_symlink() or not path.is_file():
        raise InvalidInput.of("files", "exists", f"there is no file {name} in the catalog's folder")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise InvalidInput.of("files", "size", f"{name} has more than {MAX_FILE_BYTES // 1024**2:,} MB")
    return path


def _rest(error: InvalidInput) -> str:
    return error.fields[0].message if error.fields else error.message
