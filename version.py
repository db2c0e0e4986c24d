"""The version, which stands in pyproject.toml and nowhere else in Python."""

from __future__ import annotations

import tomllib
from pathlib import Path

UNKNOWN = "unknown"


def read_version(folder: Path) -> str:
    """What the pyproject.toml of a folder says, or `unknown` where none was copied there.

    Batchwire is not installed as a package, so `importlib.metadata` knows nothing of it. A deployment that
    copied only the code starts all the same.
    """
    try:
        with (folder / "pyproject.toml").open("rb") as file:
            version: str = tomllib.load(file)["project"]["version"]
    except FileNotFoundError:
        return UNKNOWN
    return version


VERSION = read_version(Path(__file__).resolve().parent)
