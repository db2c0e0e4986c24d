"""The reference is built from the docstrings, needs no network, and tells of every public name."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import pytest

from local.reference import NO_DEFAULT, PUBLIC, build
from settings import ROOT


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    build(folder)
    return folder


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_has_its_place_and_its_docstring(built: Path, name: str) -> None:
    page = (built / f"{name.replace('.', '/')}.html").read_text()
    module = importlib.import_module(name)
    own = [key for key, value in vars(module).items() if getattr(value, "__module__", "") == name]
    names = [key for key in getattr(module, "__all__", own) if not key.startswith("_")]
    assert names
    for key in names:
        assert f'<section id="{key}">' in page, key
        value = getattr(module, key)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert value.__doc__, key


def test_the_sections_of_docstrings_are_lists_and_not_running_text(built: Path) -> None:
    page = (built / "tasks" / "operation.html").read_text()
    assert re.search(r"<h6[^>]*>Raises:</h6>\s*<ul>\s*<li><strong>ValueError", page)


def test_the_pages_ask_nothing_of_the_network_and_name_no_folder_of_this_machine(built: Path) -> None:
    pages = [*built.rglob("*.html"), built / "search.js"]
    assert len(pages) == len(PUBLIC) + 2
    for page in pages:
        text = page.read_text()
        assert not re.search(r"(?:src|import|url\()[=\s\"'(]+https?://", text), page
        assert "<link" not in text.replace('<link rel="icon" href="data:', "")
        assert str(ROOT) not in text
        assert NO_DEFAULT not in text
