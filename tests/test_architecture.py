"""The way of a batch in docs/architecture.md: every file on it exists, and calls only files below it."""

from __future__ import annotations

import ast
import re
from itertools import combinations, permutations

import pytest

from settings import ROOT

HEADING = "## The way of a batch, file by file"
PART = re.compile(r"^(\S.*: .*)\n((?:  \S.*\n)+)", re.MULTILINE)


def parts() -> dict[str, list[str]]:
    """The files of each part of the way, from top to bottom."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    section = text.split(HEADING)[1].split("\n## ")[0]
    return {title: [line.split()[0] for line in lines.splitlines()] for title, lines in PART.findall(section)}


def imported_by(path: str) -> set[str]:
    """The project's files that a file imports, in Python or in TypeScript."""
    source = (ROOT / path).read_text()
    if path.endswith(".py"):
        found: set[str] = set()
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        return {f"{name.replace('.', '/')}.py" for name in found}
    names = re.findall(r'from "(\.[^"]+)"', source)
    resolved = [((ROOT / path).parent / name).resolve().relative_to(ROOT) for name in names]
    return {f"{one}{ending}" for one in resolved for ending in (".ts", ".tsx")}


def test_the_way_is_told_from_the_request_to_the_bar() -> None:
    starts = [title.split(":")[0] for title in parts()]
    assert starts == ["web process", "worker", "web process", "browser"]
    assert sum(map(len, parts().values())) >= 30


@pytest.mark.parametrize("part", parts())
def test_each_file_on_the_way_exists_and_imports_none_above_it(part: str) -> None:
    files = parts()[part]
    assert [one for one in files if not (ROOT / one).is_file()] == []
    upwards = [(low, high) for high, low in combinations(files, 2) if high in imported_by(low)]
    assert upwards == []


@pytest.mark.parametrize("part", parts())
def test_each_file_on_the_way_is_tied_to_it(part: str) -> None:
    files = parts()[part]
    imports = {one: imported_by(one) for one in files}
    ties = [(low, high) for low, high in permutations(files, 2) if low in imports[high]]
    apart = set(files) - {one for tie in ties for one in tie}
    assert apart == set()
