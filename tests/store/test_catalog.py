"""Queries on the catalog, on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest

from store import catalog
from store.catalog import NodeFilter
from store.database import Database

ANNOTATION = {
    "keywords": ["invoice"],
    "summary": "Records an invoice",
    "business_area": "finance",
    "pii": "none",
    "complexity": "low",
    "quality": 80.0,
}


def node(node_id: str, parent: str | None = None, **values: Any) -> dict[str, Any]:
    return {"id": node_id, "parent_id": parent, "title": node_id.title()} | values


def fill(database: Database) -> None:
    with database.write() as connection:
        catalog.insert(connection, [node("finance", title="Finance", kind="folder", area="finance")])
        catalog.insert(connection, [node("finance.a", "finance", kind="folder", area="finance")])
        catalog.insert(
            connection,
            [
                node("finance.a.pay", "finance.a", area="finance", kind="report", description="Pays 100%"),
                node("finance.a.post", "finance.a", area="finance", kind="form", description="Posts it"),
                node("sales.offer", None, area="sales", kind="form", description="An offer"),
            ],
        )


def ids(database: Database, after: str | None = None, **chosen: Any) -> list[str]:
    return [row.id for row in catalog.stream(database, NodeFilter(**chosen), after)]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, ["finance.a.pay", "finance.a.post", "sales.offer"]),
        ({"areas": ["sales"]}, ["sales.offer"]),
        ({"areas": ["sales", "finance"], "kinds": ["form"]}, ["finance.a.post", "sales.offer"]),
        ({"parent": "finance"}, ["finance.a.pay", "finance.a.post"]),
        ({"parent": "nowhere"}, []),
        ({"text": "PAYS"}, ["finance.a.pay"]),
        ({"text": "100%"}, ["finance.a.pay"]),
        ({"text": "%"}, ["finance.a.pay"]),
        ({"text": "_"}, []),
    ],
)
def test_a_filter_chooses_what_it_says_and_never_folders(
    database: Database, chosen: dict[str, Any], expected: list[str]
) -> None:
    fill(database)
    assert ids(database, **chosen) == expected
    with database.read() as connection:
        assert catalog.count(connection, NodeFilter(**chosen)) == len(expected)


def test_without_a_filter_folders_count_too(database: Database) -> None:
    fill(database)
    with database.read() as connection:
        assert catalog.count(connection) == 5


def test_a_stream_goes_over_many_pages_and_restarts_behind_any_id(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "PAGE", 3)
    names = [f"n{number:02d}" for number in range(10)]
    with database.write() as connection:
        catalog.insert(connection, [node(name) for name in reversed(names)])
    assert ids(database) == names
    assert ids(database, after="n06") == names[7:]
    assert ids(database, after="n09") == []


def test_parents_that_form_a_circle_do_not_hang_a_query(database: Database) -> None:
    with database.write() as connection:
        catalog.insert(connection, [node("a", "b"), node("b", "a"), node("c", "b")])
    assert ids(database, parent="a") == ["a", "b", "c"]


def test_annotations_are_written_to_their_nodes_and_then_no_longer_missing(database: Database) -> None:
    fill(database)
    with database.write() as connection:
        catalog.write_annotations(connection, [{"node_id": "finance.a.pay"} | ANNOTATION])
        catalog.write_annotations(connection, [])
    with database.read() as connection:
        row = catalog.get(connection, "finance.a.pay")
        other = catalog.get(connection, "finance.a.post")
        assert catalog.get(connection, "nowhere") is None
    assert row is not None
    assert {name: getattr(row, name) for name in ANNOTATION} == ANNOTATION
    assert row.annotated_ms is not None
    assert other is not None
    assert other.annotated_ms is None
    assert ids(database, only_missing=True) == ["finance.a.post", "sales.offer"]


def test_a_batch_replaces_older_nodes_but_never_its_own(database: Database) -> None:
    rows = [node("b", title="first", source_line=3), node("a", title="first", source_line=2)]
    with database.write() as connection:
        assert catalog.upsert_from_batch(connection, "batch-1", rows) == {"a": False, "b": False}
        again = [node("a", title="second", source_line=9), node("c", title="new", source_line=10)]
        assert catalog.upsert_from_batch(connection, "batch-1", again) == {"c": False}
        assert catalog.existing(connection, ["a", "x"]) == {"a": ("batch-1", 2)}
        assert catalog.upsert_from_batch(connection, "batch-2", again) == {"a": True, "c": True}
        assert catalog.upsert_from_batch(connection, "batch-3", []) == {}
    with database.read() as connection:
        row = catalog.get(connection, "a")
        assert row is not None
        assert (row.title, row.source_batch_id, row.source_line) == ("second", "batch-2", 9)


def test_a_batch_of_many_rows_is_stored_in_one_call(database: Database) -> None:
    rows = [node(f"n{number}", meta={"é": number}) for number in range(2500)]
    with database.write() as connection:
        assert len(catalog.upsert_from_batch(connection, "batch-1", rows)) == 2500
    with database.read() as connection:
        row = catalog.get(connection, "n2499")
        assert row is not None
        assert row.meta == {"é": 2499}


def test_an_update_leaves_alone_what_the_row_does_not_name(database: Database) -> None:
    fill(database)
    with database.write() as connection:
        catalog.upsert_from_batch(connection, "batch-1", [node("finance.a.pay", "finance.a", title="New")])
        row = catalog.get(connection, "finance.a.pay")
    assert row is not None
    assert (row.title, row.area, row.description) == ("New", "finance", "Pays 100%")


def test_nodes_that_exist_can_be_left_alone(database: Database) -> None:
    fill(database)
    rows = [node(name, title="New") for name in ("finance.a.pay", "fresh")]
    with database.write() as connection:
        assert catalog.upsert_from_batch(connection, "batch-1", rows, replace=False) == {"fresh": False}
        row = catalog.get(connection, "finance.a.pay")
    assert row is not None
    assert (row.title, row.source_batch_id) == ("Finance.A.Pay", None)


def test_values_of_every_kind_come_back_as_they_were_stored(database: Database) -> None:
    meta = {
        "a": [1, 2.5, None, True],
        "ä 'b\"": {"c": "1"},
        "n": 2**62,
        "empty": [],
        "text": "x\ny\t\u2028😀",
    }
    values = {"title": "it's 100% :x %s \\ 😀", "tags": ["a", "'"], "description": None, "source_line": 2**40}
    with database.write() as connection:
        catalog.upsert_from_batch(connection, "batch-1", [node("n", "p", meta=meta, **values)])
        row = catalog.get(connection, "n")
    assert row is not None
    assert {name: getattr(row, name) for name in values} == values
    assert (row.meta, row.parent_id, row.keywords) == (meta, "p", None)


def test_columns_for_new_nodes_only_are_kept_by_a_node_that_exists(database: Database) -> None:
    fill(database)
    rows = [node(name, "elsewhere", title="New", kind="record") for name in ("finance.a.pay", "fresh")]
    with database.write() as connection:
        catalog.upsert_from_batch(connection, "batch-1", rows, only_new={"parent_id", "kind"})
        old, new = catalog.get(connection, "finance.a.pay"), catalog.get(connection, "fresh")
    assert old is not None
    assert new is not None
    assert (old.title, old.parent_id, old.kind, old.source_batch_id) == (
        "New",
        "finance.a",
        "report",
        "batch-1",
    )
    assert (new.title, new.parent_id, new.kind) == ("New", "elsewhere", "record")


def test_a_folder_is_made_once_and_keeps_its_title(database: Database) -> None:
    with database.write() as connection:
        catalog.ensure_folder(connection, "import", "Imported files")
        catalog.ensure_folder(connection, "import", "another title")
        row = catalog.get(connection, "import")
    assert row is not None
    assert (row.title, row.kind) == ("Imported files", catalog.FOLDER)


def test_areas_have_titles_and_count_functions_only(database: Database) -> None:
    fill(database)
    with database.read() as connection:
        assert catalog.areas(connection) == [
            {"id": "finance", "title": "Finance", "count": 2},
            {"id": "sales", "title": "sales", "count": 1},
        ]


def test_an_empty_catalog_has_no_areas(database: Database) -> None:
    with database.read() as connection:
        assert catalog.areas(connection) == []
        assert catalog.count(connection) == 0
