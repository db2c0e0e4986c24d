"""The papers of the project say what is there: paths, links, commands, the version, the license."""

from __future__ import annotations

import configparser
import json
import os
import pkgutil
import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from local import reference
from settings import ROOT, Settings
from version import UNKNOWN, read_version
from webapp.app import create_app

DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
FOLDERS = "benchmarks|demo|deploy|docs|examples|frontend|local|realtime|store|tasks|tests|webapp"
# What is only there once it was built or the system has run; .gitignore has it.
MADE = (".venv/", "docs/reference/", "var/", "webapp/static/")
BUILT = {"node_modules", "__pycache__", "reference", "static", "var"}
# What the code is imported by.
NAMES = "demo|errors|local|realtime|settings|store|tasks|tests|version|webapp"

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`]+)`")
ENDINGS = "py|md|ts|tsx|mjs|json|toml|txt|in|conf|example"
PATH = re.compile(rf"[\w.*<>@-]+(/[\w.*<>@-]+)+/?|[\w.-]+/|[\w.<>-]+\.(?:{ENDINGS})")
PATH_IN_FENCE = re.compile(rf"(?<![\w/.-])(?:{FOLDERS})/[\w./<>*-]*\w")
NAME = re.compile(rf"(?:{NAMES})(?:\.[A-Za-z_]\w*)+")
TARGET = re.compile(r"\bmake (?:[A-Z]+=\S+ )*([a-z][a-z-]*)")
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.name)
def document(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def prose(document: Path) -> str:
    return FENCE.sub("", document.read_text())


def fences(document: Path) -> list[str]:
    return FENCE.findall(document.read_text())


def code(document: Path) -> list[str]:
    """What stands between backticks in the running text."""
    return [" ".join(found.split()) for found in CODE.findall(prose(document))]


@cache
def everything() -> str:
    """All files and folders of the project, one a line, without what is built or downloaded."""
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in BUILT and (name == ".ci" or name[0] != ".")]
        place = Path(folder).relative_to(ROOT)
        found += [(place / name).as_posix() for name in (*folders, *files)]
    return "\n".join(found)


def is_there(path: str) -> bool:
    """Whether a path is there, or will be made.

    One that begins with a folder of the root is looked for from there, any other in every folder: documents
    also say `operation.py` of a package that they have just named. `<name>` in it stands for any name.
    """
    if f"{path}/".startswith(MADE):
        return True
    parts = re.split(r"<[^>]+>|\*", path.rstrip("/"))
    pattern = "[^/\n]*".join(re.escape(part) for part in parts)
    above = "" if re.match(rf"(?:{FOLDERS})/", f"{path}/") else "(?:.*/)?"
    return re.search(f"^{above}{pattern}$", everything(), re.MULTILINE) is not None


def anchors(document: Path) -> set[str]:
    """The headings, as links name them."""
    found = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_every_path_that_a_document_names_is_there(document: Path) -> None:
    named = [one for one in code(document) if PATH.fullmatch(one)]
    named += [one for fence in fences(document) for one in PATH_IN_FENCE.findall(fence)]
    assert [one for one in named if not is_there(one)] == []


def test_every_name_of_the_code_that_a_document_names_is_there(document: Path) -> None:
    for name in code(document):
        if NAME.fullmatch(name) and not PATH.fullmatch(name):
            pkgutil.resolve_name(name)


def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    for first, second in LINK.findall(prose(document)):
        link = first or second
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_target_of_make_that_a_document_names_is_there(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for part in (*code(document), *fences(document)) for name in TARGET.findall(part)}
    assert named - targets == set()


def project() -> dict[str, object]:
    described: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return described


def test_the_version_is_the_same_everywhere(make_settings: Callable[..., Settings]) -> None:
    version = project()["version"]
    package, lock = (
        json.loads((ROOT / "frontend" / name).read_text()) for name in ("package.json", "package-lock.json")
    )
    app = create_app(make_settings())
    http = app.test_client()

    assert package["version"] == version
    assert (lock["version"], lock["packages"][""]["version"]) == (version, version)
    assert http.get("/api/openapi.json").json["info"]["version"] == version
    assert http.get("/api/asyncapi.json").json["info"]["version"] == version
    assert app.test_cli_runner().invoke(args=["system", "version"]).output == f"{version}\n"


def test_the_changelog_begins_with_what_is_unreleased_and_the_version() -> None:
    sections = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert sections[:2] == ["Unreleased", project()["version"]]


def test_code_that_was_copied_without_the_project_file_starts(tmp_path: Path) -> None:
    assert read_version(tmp_path) == UNKNOWN


def test_the_license_is_the_same_everywhere() -> None:
    package = json.loads((ROOT / "frontend" / "package.json").read_text())
    assert package["license"] == project()["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")


def test_editors_are_told_what_the_formatters_expect() -> None:
    text = (ROOT / ".editorconfig").read_text()
    told = configparser.ConfigParser()
    told.read_string("[top]\n" + text)
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]
    biome = json.loads((ROOT / "frontend" / "biome.json").read_text())["formatter"]

    (python,) = (told[name] for name in told.sections() if name == "*.py")
    (line,) = (told[name] for name in told.sections() if name.startswith("frontend/"))
    (indent,) = (told[name] for name in told.sections() if name.startswith("*.{ts,"))
    assert python["max_line_length"] == str(ruff["line-length"])
    assert line["max_line_length"] == str(biome["lineWidth"])
    assert indent["indent_size"] == str(biome["indentWidth"])
    assert told["Makefile"]["indent_style"] == "tab"


def test_the_types_of_what_others_may_name_reach_them() -> None:
    packages = {name.split(".")[0] for name in reference.PUBLIC}
    assert {"realtime", "tasks"} <= packages
    for package in packages | {"store", "webapp"}:
        folder = ROOT / package
        assert not folder.is_dir() or (folder / "py.typed").is_file(), package
