"""The demo catalog: the same tree at every run, of any size."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from demo import catalog as demo_catalog
from demo.catalog import DEFAULT_COUNT, generate, seed_catalog
from store import catalog
from store.catalog import NodeFilter
from store.database import Database
from tasks.annotation.vocabulary import AREAS

FOLDER = catalog.FOLDER


def test_the_default_has_at_least_3000_functions_in_a_dozen_areas() -> None:
    nodes = list(generate())
    functions = [node for node in nodes if node["kind"] != FOLDER]
    assert len(functions) == DEFAULT_COUNT >= 3000
    assert len(AREAS) >= 11
    assert {node["area"] for node in functions} == set(AREAS)
    assert len({node["kind"] for node in functions}) >= 5


@pytest.mark.parametrize("count", [0, 1, 3500, 15_000])
def test_any_number_of_functions_can_be_had(count: int) -> None:
    assert sum(node["kind"] != FOLDER for node in generate(count)) == count


def test_ids_are_unique_and_parents_come_first() -> None:
    seen: set[str] = set()
    for node in generate(15_000):
        assert node["id"] not in seen
        assert node["parent_id"] is None or node["parent_id"] in seen
        seen.add(node["id"])


def test_the_same_seed_gives_the_same_catalog_and_another_one_other_texts() -> None:
    assert list(generate(300)) == list(generate(300))
    other = list(generate(300, seed=2))
    assert [node["id"] for node in other] == [node["id"] for node in generate(300)]
    assert other != list(generate(300))


def test_a_bigger_catalog_begins_like_a_smaller_one() -> None:
    small = list(generate(100))
    assert list(itertools.islice(generate(5000), len(small))) == small


def test_nodes_fit_into_their_columns_and_read_like_sentences() -> None:
    for node in generate(DEFAULT_COUNT):
        assert len(node["id"]) <= 200
        assert len(node["title"]) <= 500
        if node["kind"] != FOLDER:
            assert node["meta"]["fields"]
            assert 1 <= len(node["tags"]) <= 3
            text = node["description"]
            assert text is None or (text[0].isupper() and text.endswith(".") and "{" not in text)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_nodes() -> None:
    sum(1 for _ in generate(1000))  # Whatever is loaded once.
    tracemalloc.start()
    sum(1 for _ in generate(30_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_a_seed_that_is_stopped_halfway_leaves_nothing_and_is_made_up_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(count: int) -> Iterator[dict[str, Any]]:
        yield from itertools.islice(generate(count), 300)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(demo_catalog, "ROWS_PER_INSERT", 50)
        patched.setattr(demo_catalog, "generate", stop)
        with pytest.raises(KeyboardInterrupt):
            seed_catalog(database, 400)
    assert seed_catalog(database, 400) == sum(1 for _ in generate(400))


def test_an_empty_database_is_seeded_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_catalog, "ROWS_PER_INSERT", 150)
    expected = sum(1 for _ in generate(400))
    assert seed_catalog(database, 400) == expected
    assert seed_catalog(database, 400) == 0
    with database.read() as connection:
        assert catalog.count(connection) == expected
        assert catalog.count(connection, NodeFilter()) == 400
        area = next(iter(AREAS))
        assert catalog.count(connection, NodeFilter(parent=area)) > 0
