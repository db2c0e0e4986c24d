"""Uploads: streamed from the request to disk, under names of our own."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath, PureWindowsPath

from werkzeug.datastructures import FileStorage

from errors import InvalidInput, TooLarge
from settings import Settings
from store.ids import new_id

COPY_BYTES = 1024 * 1024
MAX_NAME_CHARS = 255


def save_upload(settings: Settings, upload: FileStorage) -> tuple[Path, str]:
    """Writes the upload to the upload folder.

    Returns:
        Where it lies, and the name that the person knows it by.

    Raises:
        InvalidInput: It has no name.
        TooLarge: It is over the limit; nothing is left on the disk.
    """
    name = PureWindowsPath(PurePosixPath(upload.filename or "").name).name.replace("\x00", "").strip()
    if not name or name in (".", ".."):
        raise InvalidInput.of("file", "required", "send a file with a name")
    name = name[-MAX_NAME_CHARS:]
    settings.upload_dir.mkdir(parents=True, exist_ok=True)
    path = settings.upload_dir / f"{new_id()}{_suffix(name)}"
    try:
        with path.open("xb") as target:
            _copy(upload, target.fileno(), settings.max_upload_bytes)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path, name


def _copy(upload: FileStorage, descriptor: int, max_bytes: int) -> None:
    size = 0
    while block := upload.stream.read(COPY_BYTES):
        size += len(block)
        if size > max_bytes:
            raise TooLarge(f"file: is larger than {max_bytes:,} bytes")
        os.write(descriptor, block)
    if size == 0:
        raise InvalidInput.of("file", "empty", "the file is empty")


def _suffix(name: str) -> str:
    suffix = Path(name).suffix.lower()
    return suffix if suffix.isascii() and suffix[1:].isalnum() and len(suffix) <= 10 else ""
