"""The outbox: events are numbered in the order of commits, without a gap, and can be read behind a number."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from store import events
from store.database import Database


@pytest.fixture
def second(database: Database) -> Iterator[Database]:
    """The same database as another process sees it."""
    other = Database(database.url.render_as_string(hide_password=False))
    yield other
    other.dispose()


def put(database: Database, room: str, name: str) -> int:
    with database.write() as connection:
        return events.add(connection, room=room, event=name, payload={"name": name})


def give_numbers(database: Database, *ids: int) -> list[tuple[int, str]]:
    with database.write() as connection:
        return [(row.seq, row.event) for row in events.number(connection, ids)]


def test_what_was_left_for_the_same_room_comes_first(database: Database) -> None:
    left, other, new = (
        put(database, "user:a", "left"),
        put(database, "user:b", "b"),
        put(database, "user:a", "new"),
    )
    assert give_numbers(database, new) == [(1, "left"), (2, "new")]
    assert give_numbers(database, left, new) == []
    with database.read() as connection:
        assert events.newest(connection) == 2
        assert events.waiting(connection, -1000) == [other]
    assert give_numbers(database, other) == [(3, "b")]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_transaction_that_commits_late_gets_the_higher_number(database: Database, second: Database) -> None:
    with second.write() as late:
        first = events.add(late, room="user:a", event="late", payload={})
        early = put(database, "user:a", "early")
        assert first < early
        assert give_numbers(database, early) == [(1, "early")]
    assert give_numbers(second, first) == [(2, "late")]
    with database.read() as connection:
        assert [(row.seq, row.event) for row in events.after(connection, 0, limit=9)] == [
            (1, "early"),
            (2, "late"),
        ]


def test_many_at_once_get_all_numbers_and_each_only_one(database: Database, second: Database) -> None:
    ids = [put(database, f"user:{number % 3}", "any") for number in range(60)]

    def some(offset: int) -> list[tuple[int, str]]:
        chosen = database if offset % 2 else second
        return [pair for event_id in ids[offset::2] for pair in give_numbers(chosen, event_id, ids[0])]

    with ThreadPoolExecutor(4) as pool:
        given = [seq for part in pool.map(some, range(4)) for seq, _ in part]
    assert sorted(given) == list(range(1, 61))


def test_only_what_concerns_a_client_is_missed(database: Database) -> None:
    ids = [put(database, room, room) for room in ("user:a", "user:b", "all", "chat", "user:a")]
    give_numbers(database, *ids)
    with database.read() as connection:
        found = events.missed(connection, 1, ["user:a", "all"], [], limit=10)
        assert [(row.seq, row.room) for row in found] == [(3, "all"), (5, "user:a")]
        assert len(events.missed(connection, 0, ["user:a", "all"], [], limit=2)) == 2
        assert [row.seq for row in events.after(connection, 2, limit=2)] == [3, 4]
