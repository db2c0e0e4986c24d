"""Lookups: many clients share a query, each gets its own answer, and none an old one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from realtime.sessions.lookups import Lookups, Standing, _Group
from realtime.sessions.tokens import Identity
from store import users
from store.database import Database
from tests.conftest import add_user
from tests.waiting import wait_for

CLIENTS = 40


def identity(user_id: str, session_id: str | None = None) -> Identity:
    return Identity(user_id, (), int(time.time()) + 60, session_id)


@pytest.fixture
def slow(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, list[int]]]:
    """Queries begin when the event is set; and the count of them."""
    gate, count, read = threading.Event(), [0], Database.read

    @contextmanager
    def held(self: Database) -> Iterator[Connection]:
        count[0] += 1
        gate.wait(10)
        with read(self) as connection:
            yield connection

    monkeypatch.setattr(Database, "read", held)
    yield gate, count
    gate.set()


def ask_together(
    lookups: Lookups, who: list[Identity], gate: threading.Event
) -> list[Callable[[], Standing]]:
    """Lets all of them ask while the first query is held up; their answers, or errors."""
    joined: list[Identity] = []
    add = _Group.add

    def note(group: _Group, one: Identity, is_returning: bool) -> None:
        add(group, one, is_returning)
        joined.append(one)

    with ThreadPoolExecutor(len(who)) as pool, patch.object(_Group, "add", note):
        futures = [pool.submit(lookups.standing, one, is_returning=False) for one in who]
        wait_for(lambda: len(joined) == len(who), 5, "all to join")
        gate.set()
    return [future.result for future in futures]


def test_those_who_come_during_a_query_share_the_next_one(
    database: Database, slow: tuple[threading.Event, list[int]]
) -> None:
    gate, count = slow
    gate.set()
    people = [add_user(database, f"u{number}@example.org") for number in range(CLIENTS)]
    with database.write() as connection:
        sessions = [users.add_session(connection, one.id, f"h{one.id}", 60) for one in people]
        users.end_session_of_id(connection, sessions[0])
        users.set_disabled(connection, people[1].email, disabled=True)
    gate.clear()
    count[0] = 0
    who = [identity(one.id, session) for one, session in zip(people, sessions, strict=True)]
    answers = [answer() for answer in ask_together(Lookups(database), who, gate)]
    assert count[0] <= 3
    assert [one.is_open for one in answers] == [False, False, *[True] * (CLIENTS - 2)]
    assert [one.is_disabled for one in answers] == [False, True, *[False] * (CLIENTS - 2)]


def test_who_asks_after_a_change_is_told_of_it(database: Database) -> None:
    person = add_user(database, "u@example.org")
    with database.write() as connection:
        session = users.add_session(connection, person.id, "h", 60)
    lookups = Lookups(database)
    assert lookups.standing(identity(person.id, session), is_returning=False).is_open
    with database.write() as connection:
        users.end_session_of_id(connection, session)
    assert not lookups.standing(identity(person.id, session), is_returning=False).is_open
    assert lookups.standing(identity("of somebody else's"), is_returning=True) == Standing(True, False, ())


def test_an_outage_is_told_to_all_who_asked_and_to_nobody_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookups, gate = Lookups(database), threading.Event()

    @contextmanager
    def fail(self: Database) -> Iterator[Connection]:
        gate.wait(10)
        raise OperationalError("SELECT", {}, Exception("away"))
        yield

    who = [identity(f"u{number}") for number in range(5)]
    with monkeypatch.context() as patched:
        patched.setattr(Database, "read", fail)
        for answer in ask_together(lookups, who, gate):
            with pytest.raises(OperationalError):
                answer()
    assert lookups.standing(who[0], is_returning=False).is_open
