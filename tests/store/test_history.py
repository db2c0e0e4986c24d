"""Listing batches: filters, order and pages."""

from __future__ import annotations

import pytest

from errors import InvalidInput
from store import batches, history
from store.database import Database
from store.history import HistoryQuery
from store.ids import new_id
from store.users import UserRow


@pytest.fixture
def names(database: Database, user: UserRow) -> list[str]:
    """Seven batches, two of which share a name but for its case."""
    names = ["alpha", "beta", "Beta", "gamma 100%", "delta", "epsilon", "zeta"]
    with database.write() as connection:
        for index, name in enumerate(names):
            batches.add(
                connection,
                {
                    "id": new_id(),
                    "owner_id": user.id,
                    "operation": "noop" if index % 2 else "annotate",
                    "name": name,
                    "status": "completed" if index < 3 else "running",
                    "phase": "done",
                    "options": {},
                    "max_parallel": 1,
                    "total": index,
                },
            )
    return names


def find_all(database: Database, **values: object) -> list[str]:
    """The names of all pages, two batches a page."""
    found: list[str] = []
    cursor = None
    while True:
        query = HistoryQuery(limit=2, cursor=cursor, **values)  # type: ignore[arg-type]
        with database.read() as connection:
            page, _, cursor = history.find(connection, query)
        found += [batch.name for batch in page]
        if cursor is None:
            return found


def test_pages_show_every_batch_once_in_every_order(
    database: Database, user: UserRow, names: list[str]
) -> None:
    assert find_all(database, owner_id=user.id) == list(reversed(names))
    for sort_by in history.SORT_COLUMNS:
        for descending in (True, False):
            found = find_all(database, owner_id=user.id, sort_by=sort_by, descending=descending)
            assert sorted(found) == sorted(names), sort_by
    by_name = find_all(database, owner_id=user.id, sort_by="name", descending=False)
    assert [name.lower() for name in by_name] == sorted(name.lower() for name in names)


def test_filters_narrow_the_list(database: Database, user: UserRow, names: list[str]) -> None:
    assert find_all(database, owner_id=user.id, status="completed") == ["Beta", "beta", "alpha"]
    assert find_all(database, owner_id=user.id, text="BETA") == ["Beta", "beta"]
    assert find_all(database, owner_id=user.id, text="100%") == ["gamma 100%"]
    assert find_all(database, owner_id=user.id, text="%") == ["gamma 100%"]
    assert find_all(database, owner_id="somebody else") == []
    assert len(find_all(database, owner_id=None)) == len(names)


def test_a_cursor_of_ones_own_making_is_refused(database: Database, user: UserRow) -> None:
    with database.read() as connection, pytest.raises(InvalidInput, match="cursor"):
        history.find(connection, HistoryQuery(owner_id=user.id, cursor="nonsense"))
