"""Reserved starts: evenly spaced, and what was not used is not saved up."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from store import rates
from store.clock import now_ms
from store.database import Database
from store.tables import rates as rates_table


def test_starts_are_spaced_and_shared_by_all_who_ask(database: Database) -> None:
    with database.write() as connection:
        starts = [rates.reserve(connection, "paid", 600, count) for count in (1, 3, 1)]
    assert [start - starts[0] for start in starts] == pytest.approx([0, 100, 400], abs=1)


def test_an_idle_time_gives_no_credit(database: Database) -> None:
    with database.write() as connection:
        rates.reserve(connection, "paid", 6000, 1)
        connection.execute(update(rates_table).values(next_ms=now_ms() - 200))
    before = now_ms()
    with database.write() as connection:
        assert rates.reserve(connection, "paid", 6000, 20) >= before - 1
        assert rates.reserve(connection, "paid", 6000, 1) >= before + 199
