"""Uploaded files: the one place where they are written, looked for, hashed and deleted, under our own names.

They lie in a folder that all machines share, from the request that brings them until their rows are stored.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from errors import InvalidInput, TooLarge
from store.ids import new_id

COPY_BYTES = 1024 * 1024
MAX_NAME_CHARS = 255


def save(folder: Path, stream: IO[bytes], filename: str | None, max_bytes: int) -> tuple[Path, str]:
    """Writes an upload to the folder.

    Args:
        filename: What its sender called it; folders in it are left out.

    Returns:
        Where it lies, and the name that the person knows it by.

    Raises:
        InvalidInput: It has no name, or nothing in it.
        TooLarge: It is over the limit.
        OSError: The disk refuses it. Whatever is raised, nothing is left on the disk.
    """
    name = PureWindowsPath(PurePosixPath(filename or "").name).name.replace("\x00", "").strip()
    if not name or name in (".", ".."):
        raise InvalidInput.of("file", "required", "send a file with a name")
    name = name[-MAX_NAME_CHARS:]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{new_id()}{_suffix(name)}"
    try:
        with path.open("xb") as target:
            _copy(stream, target.fileno(), max_bytes)
    except BaseException:
        drop(path)
        raise
    return path, name


def exists(path: Path | str | None) -> bool:
    """True if the file is there."""
    return path is not None and Path(path).is_file()


def digest(path: Path) -> bytes:
    """The SHA-256 of what is in it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def drop(path: Path | str | None) -> None:
    """Deletes the file, once its rows are stored or nobody will read it any more; again changes nothing."""
    if path is not None:
        Path(path).unlink(missing_ok=True)


def _copy(stream: IO[bytes], descriptor: int, max_bytes: int) -> None:
    size = 0
    while block := stream.read(COPY_BYTES):
        size += len(block)
        if size > max_bytes:
            raise TooLarge(f"file: is larger than {max_bytes:,} bytes")
        os.write(descriptor, block)
    if size == 0:
        raise InvalidInput.of("file", "empty", "the file is empty")


def _suffix(name: str) -> str:
    suffix = Path(name).suffix.lower()
    return suffix if suffix.isascii() and suffix[1:].isalnum() and len(suffix) <= 10 else ""
