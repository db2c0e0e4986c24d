"""Ways through the catalog, also where files have named parents that are not there or form a circle."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from store import catalog, catalog_index, catalog_tree
from store.database import Database
from store.tables import catalog_nodes

PARENTS = {
    "sales": None,
    "sales.orders": "sales",
    "sales.orders.create": "sales.orders",
    "sales.orders.print": "sales.orders",
    "lost": "nowhere",
    "round": "about",
    "about": "round",
}


@pytest.fixture
def filled(database: Database) -> Database:
    rows = [
        {
            "id": node_id,
            "title": node_id.title(),
            "parent_id": parent,
            "area": "sales",
            "description": "a 100% sure",
        }
        for node_id, parent in PARENTS.items()
    ]
    with database.write() as connection:
        catalog.insert(connection, rows)
    return database


def test_the_tree_is_walked_down_in_pages(filled: Database) -> None:
    with filled.read() as connection:
        top = catalog_tree.children(connection, None, 0, 10)
        assert [(row.id, row.children) for row in top] == [("lost", 0), ("sales", 1)]
        orders = catalog_tree.children(connection, "sales.orders", 1, 1)
        assert [row.id for row in orders] == ["sales.orders.print"]


def test_the_way_up_begins_at_the_top_and_ends_in_a_circle(filled: Database) -> None:
    with filled.read() as connection:
        above = catalog_tree.ancestors(connection, "sales.orders")
        assert above == [("sales", "Sales"), ("sales.orders", "Sales.Orders")]
        assert [node_id for node_id, _ in catalog_tree.ancestors(connection, "about")] == ["round", "about"]
        assert catalog_tree.ancestors(connection, "nowhere") == []


def test_search_finds_text_as_it_is_and_counts_all_that_it_found(filled: Database) -> None:
    with filled.read() as connection:
        page, facets = catalog_tree.search(connection, "ORDERS", None, None, 0, 2)
        assert [row.id for row in page] == ["sales.orders", "sales.orders.create"]
        assert facets == {"area": {"sales": 3}, "kind": {"function": 3}}
        assert len(catalog_tree.search(connection, "100%", "sales", "function", 0, 50)[0]) == len(PARENTS)
        assert catalog_tree.search(connection, "100_", None, None, 0, 50)[0] == []
        assert catalog_tree.search(connection, "", "elsewhere", None, 0, 50)[0] == []


@pytest.mark.parametrize(
    "text", ["übergröße", "UBERGROSSE", "ubergrosse", "Größen überg", "stahl  UBER", "ﬁtting", "ЗАКАЗ"]
)
def test_search_knows_words_in_any_case_with_or_without_accents(filled: Database, text: str) -> None:
    row = {"id": "w1", "title": "Übergrößen, Zylinder", "tags": ["Stahl", "fitting"], "description": "заказ"}
    with filled.write() as connection:
        catalog.insert(connection, [row])
        found, _ = catalog_tree.search(connection, text, None, None, 0, 10)
    assert [one.id for one in found] == ["w1"]


def test_what_changes_is_found_by_its_new_words_and_by_what_was_kept(filled: Database) -> None:
    with filled.write() as connection:
        catalog.upsert_from_batch(connection, "b1", [{"id": "sales", "title": "Vertrieb"}])
        found = [
            [row.id for row in catalog_tree.search(connection, text, None, None, 0, 10)[0]]
            for text in ("vertrieb", "vertrieb sure")
        ]
    assert found == [["sales"], ["sales"]]


def test_only_what_is_out_of_date_is_made_anew(filled: Database) -> None:
    with filled.write() as connection:
        connection.execute(update(catalog_nodes).where(catalog_nodes.c.id == "lost").values(search_text=""))
        changed = catalog_index.refresh(connection, ["lost", "sales", "gone"])
        assert changed == {"lost": True, "sales": False}
        assert catalog_index.refresh(connection, ["lost"]) == {"lost": False}


def test_what_a_batch_has_added_and_changed_is_counted(filled: Database) -> None:
    rows = [{"id": node_id, "title": "New"} for node_id in ("sales", "fresh", "fresher")]
    with filled.write() as connection:
        catalog.upsert_from_batch(connection, "b1", rows)
    with filled.read() as connection:
        assert catalog_tree.changes_by_batch(connection, "b1") == (2, 1)
        assert catalog_tree.changes_by_batch(connection, "b2") == (0, 0)
