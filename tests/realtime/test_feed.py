"""The feed: who comes back gets what was missed, kept in memory or not, and nothing that is outdated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from realtime.contract.events import EVERYBODY
from realtime.transport import feed as feed_module
from realtime.transport.feed import Feed, Known, Missed
from store import batches, events
from store.batches import BatchRow
from store.database import Database
from store.ids import new_id
from store.users import UserRow


def publish(database: Database, room: str, name: str, batch_id: str | None = None) -> int:
    with database.write() as connection:
        event_id = events.add(connection, room=room, event=name, payload={}, batch_id=batch_id)
        return events.number(connection, [event_id])[-1].seq


def add_batch(database: Database, user: UserRow) -> BatchRow:
    values = {"id": new_id(), "operation": "noop", "name": "One", "status": "running", "phase": "running"}
    with database.write() as connection:
        return batches.add(connection, values | {"owner_id": user.id, "options": {}, "max_parallel": 1})


def resume(feed: Feed, rooms: list[str], last: int, known: Known, user_id: str | None = None) -> Missed:
    sent: list[Missed] = []
    feed.resume("sid", user_id, [EVERYBODY, *rooms], last, known, sent.append)
    (missed,) = sent
    return missed


@contextmanager
def without_database(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: Any) -> None:
        raise AssertionError("the database was asked")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "read", refuse)
        yield


def test_what_was_given_out_lately_needs_no_database(
    database: Database, user: UserRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = add_batch(database, user)
    before = publish(database, "user:a", "before")
    feed = Feed(database)
    feed.catch_up()
    publish(database, "user:a", "mine")
    publish(database, "user:b", "another's")
    publish(database, EVERYBODY, "everybody's")
    publish(database, "user:c", "of a batch", batch.id)
    feed.catch_up()
    with without_database(feed, monkeypatch):
        known = Known(feed.position, [])
        missed = resume(feed, ["user:a", f"batch:{batch.id}"], before, known)
        assert [one.event for one in missed.events] == ["mine", "everybody's", "of a batch"]
        assert (missed.is_complete, missed.seq) == (True, before + 4)
        missed = resume(feed, ["user:a"], before - 1, known)
        assert [one.event for one in missed.events] == ["before", "mine", "everybody's"]
        assert resume(feed, ["user:a"], before + 4, known).events == []


def test_what_is_no_longer_kept_comes_from_the_database(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "KEPT", 3)
    feed = Feed(database)
    feed.catch_up()
    numbers = [publish(database, "user:a", f"event {number}") for number in range(6)]
    feed.catch_up()
    for last in (0, *numbers):
        missed = resume(feed, ["user:a"], last, Known(feed.position, []))
        assert [one.seq for one in missed.events] == [seq for seq in numbers if seq > last]
        assert missed.is_complete
    beyond = resume(feed, ["user:a"], numbers[-1] + 1, Known(feed.position, []))
    assert (beyond.is_complete, beyond.seq) == (False, numbers[-1])


def test_what_was_read_of_a_batch_is_not_told_after_something_newer(
    database: Database, user: UserRow
) -> None:
    told, quiet = add_batch(database, user), add_batch(database, user)
    feed = Feed(database)
    feed.catch_up()
    publish(database, f"user:{user.id}", "batch:created", told.id)
    feed.catch_up()
    known = Known(feed.position, [told, quiet])
    last = publish(database, f"user:{user.id}", "batch:complete", told.id)
    feed.catch_up()
    rooms = [f"user:{user.id}"]
    assert [one.id for one in resume(feed, rooms, last, known, user.id).unfinished] == [quiet.id]
    fresh = Known(feed.position, [told, quiet])
    assert [one.id for one in resume(feed, rooms, last, fresh, user.id).unfinished] == [told.id, quiet.id]
    # Of a batch that has not ended in the database both come.
    unknown = Known(None, [])
    found = resume(feed, rooms, last, unknown, user.id).unfinished
    assert sorted(one.id for one in found) == sorted([told.id, quiet.id])


def test_a_new_process_knows_what_was_told_before_it_began(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "KEPT", 2)
    numbers = [publish(database, "user:a", "x") for _ in range(4)]
    feed = Feed(database)
    feed.catch_up()
    given: list[int] = []
    feed.give = lambda message, skip: given.append(message.seq)
    with without_database(feed, monkeypatch):
        missed = resume(feed, ["user:a"], numbers[1], Known(feed.position, []))
    assert [one.seq for one in missed.events] == numbers[2:]
    feed.catch_up()
    assert given == [], "what was before is only for those who come back"
