"""States are members of enums in Python, and in the database what they always were."""

from __future__ import annotations

import click
import pytest

from store import batches
from store.database import Database
from store.ids import new_id
from store.states import FAILED, SKIPPED, SUCCESSFUL, ItemOutcome, Phase, Priority, Status
from store.users import UserRow
from webapp.cli.common import OneOf


def test_states_come_back_as_members_and_are_stored_as_text_and_numbers(
    database: Database, user: UserRow
) -> None:
    values = {"id": new_id(), "owner_id": user.id, "operation": "any", "name": "any", "options": {}}
    values |= {"status": Status.PENDING, "phase": Phase.WAITING, "priority": Priority.LOW.code}
    with database.write() as connection:
        batches.add(connection, values | {"max_parallel": 1})
        batch = batches.change(connection, values["id"], status=Status.RUNNING, phase=Phase.PLANNING)
        stored = connection.exec_driver_sql("SELECT status, phase, priority FROM batches").one()
    assert (batch.status, batch.phase) == (Status.RUNNING, Phase.PLANNING)
    assert {type(batch.status), type(batch.phase)} == {Status, Phase}
    assert tuple(stored) == ("running", "planning", 2)


def test_numbers_in_the_database_stand_for_the_same_as_ever() -> None:
    assert [(one.value, one.code) for one in Priority] == [("high", 0), ("normal", 1), ("low", 2)]
    assert [Priority.of(code) for code in range(3)] == list(Priority)
    codes = {ItemOutcome.SUCCESSFUL: 1, ItemOutcome.FAILED: 2, ItemOutcome.SKIPPED: 3}
    assert {one: one.code for one in ItemOutcome} == codes
    assert [ItemOutcome.of(code) for code in (SUCCESSFUL, FAILED, SKIPPED)] == list(codes)


def test_the_command_line_calls_states_as_the_wire_does() -> None:
    choice = OneOf(Priority)
    assert choice.convert("high", None, None) is Priority.HIGH
    with pytest.raises(click.BadParameter, match="'high', 'normal', 'low'"):
        choice.convert("HIGH", None, None)
