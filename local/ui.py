"""Builds and checks the TypeScript: `python -m local.ui build|check|prepare|test|generate|npm ...`."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from local.node import node_environment
from settings import ROOT

FRONTEND = ROOT / "frontend"
STATIC = ROOT / "webapp" / "static"
STAMP = STATIC / ".built-from"
SCHEMAS = FRONTEND / "schemas"
GENERATED = (SCHEMAS, FRONTEND / "src" / "core" / "wire.ts")


def build() -> bool:
    """Builds the UI unless it is built from these very sources; returns whether it had to."""
    digest = _digest(_sources())
    if STAMP.is_file() and STAMP.read_text() == digest:
        return False
    install(FRONTEND)
    npm(FRONTEND, "run", "build", quiet=True)
    STAMP.write_text(digest)
    return True


def install(folder: Path) -> None:
    """Installs the packages of a folder's lock file unless they are there already."""
    digest = _digest([folder / "package-lock.json"])
    stamp = folder / "node_modules" / ".installed-from"
    if stamp.is_file() and stamp.read_text() == digest:
        return
    npm(folder, "ci", quiet=True)
    stamp.write_text(digest)


def npm(folder: Path, *arguments: str, quiet: bool = False) -> None:
    """Runs npm in a folder.

    Raises:
        RuntimeError: It failed; what it printed is part of the message.
    """
    command = ["npm", *arguments]
    pipe = subprocess.PIPE if quiet else None
    # A session of its own, so that npm can be ended together with all that it started.
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=node_environment(),
        stdin=subprocess.DEVNULL,
        stdout=pipe,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    if process.returncode != 0:
        raise RuntimeError(f"`npm {' '.join(arguments)}` failed in {folder.name}/\n{output or ''}")


def generate() -> None:
    """Writes the JSON Schemas and the TypeScript types from the Python models."""
    from webapp.docs.contracts import write_schemas

    install(FRONTEND)
    write_schemas(SCHEMAS)
    npm(FRONTEND, "run", "generate", quiet=True)


def check() -> None:
    """Types, lint and formatting of the UI, and whether the generated files are up to date.

    Raises:
        RuntimeError: Something is wrong.
    """
    before = _contents()
    generate()
    if _contents() != before:
        raise RuntimeError("Generated TypeScript was stale and has been written anew: commit it")
    npm(FRONTEND, "run", "typecheck")
    npm(FRONTEND, "run", "lint")


def prepare() -> None:
    """What the Python tests need of it: the built UI, and the data files that they read."""
    install(ROOT / "tests")
    build()


def test() -> None:
    """The unit tests of the UI, after what the Python tests need."""
    prepare()
    install(FRONTEND)
    npm(FRONTEND, "test")


def _contents() -> dict[str, bytes]:
    files = [
        file for path in GENERATED for file in ([path] if path.is_file() else sorted(path.glob("*.json")))
    ]
    return {str(file): file.read_bytes() for file in files}


def _sources() -> list[Path]:
    names = ("package-lock.json", "package.json", "index.html", "vite.config.ts", "tsconfig.json")
    folders = (FRONTEND / "src", FRONTEND / "public")
    return [FRONTEND / name for name in names] + [
        file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()
    ]


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        if file.is_file():
            digest.update(json.dumps(file.name).encode() + file.read_bytes())
    return digest.hexdigest()


def main(arguments: list[str]) -> None:
    """Runs the command that the arguments name."""
    commands = {"build": build, "check": check, "prepare": prepare, "test": test, "generate": generate}
    try:
        if arguments and arguments[0] == "npm":
            install(FRONTEND)
            npm(FRONTEND, *arguments[1:])
        elif len(arguments) == 1 and arguments[0] in commands:
            commands[arguments[0]]()
        else:
            sys.exit(__doc__)
    except RuntimeError as error:
        sys.exit(f"local.ui: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
