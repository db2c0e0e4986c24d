"""The kit for tests of operations: it tells what the engine would record, and waits for nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from demo.catalog import seed_catalog
from errors import InvalidInput
from settings import ROOT
from store import results
from store.database import Database
from store.users import UserRow
from tasks import operation as operations
from tasks.operation import Context, Item, NoOptions, Outcome, operation
from tasks.operations.annotate import annotate
from tasks.operations.import_file import import_row
from tasks.outcomes import SKIPPED
from tasks.testing import ItemOutcome, Recorded, run
from tests import fault_operations, scripted_operations
from tests import operations as test_operations
from tests.conftest import Workbench
from tests.tasks.test_batches import start
from tests.tasks.test_items import finish

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MIXED = ["fine", "fail", "crash", "skip", "unserialisable", "lone", "huge", None, {"id": "x", "list": [1]}]
ODD = ["unprintable", "interrupt", "long-name", "surrogate", "set", "nan", "deep"]
SUCCESSFUL, FAILED = ItemOutcome.SUCCESSFUL, ItemOutcome.FAILED


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is forgotten after it."""
    monkeypatch.setattr(operations, "_registry", dict(operations._registry))


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        yield connection


def kinds(recorded: Sequence[Recorded]) -> list[ItemOutcome | None]:
    return [one.outcome for one in recorded]


def test_an_operation_is_tested_as_the_documents_show() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text().partition("## Writing an operation")[2]
    writing, testing = text.split("### Testing an operation")
    names: dict[str, Any] = {"__name__": "example", "pytest": pytest, "InvalidInput": InvalidInput}
    names |= {"BaseModel": BaseModel, "Field": Field, "Any": Any} | vars(operations)
    for part in (writing, testing):
        exec(re.findall(r"```python\n(.*?)```", part, re.DOTALL)[0], names)
    tests = [one for name, one in names.items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()


@on_sqlite
@pytest.mark.parametrize(
    ("function", "items", "options"),
    [
        (test_operations.mixed, MIXED, {}),
        (
            fault_operations.odd,
            ["unprintable", "interrupt", "long-name", "surrogate", "set", "nan", "deep"],
            {},
        ),
        (fault_operations.flaky, ["a", "fine", "broken"], {"times": 1}),
        (fault_operations.flaky, ["a"], {"times": 99}),
    ],
)
def test_what_it_gives_is_what_the_engine_records(
    make_workbench: Callable[..., Workbench],
    user: UserRow,
    tmp_path: Path,
    function: Any,
    items: list[Any],
    options: dict[str, Any],
) -> None:
    workbench = make_workbench(retry_base_seconds=0.001)
    folders = [tmp_path / "engine", tmp_path / "kit"]
    for folder in folders:
        folder.mkdir()
    name = operations.registered(function)[0].name
    where = [{"folder": str(folder)} if options else {} for folder in folders]
    batch = finish(workbench, start(workbench, user, name, items=items, options=options | where[0]))
    with workbench.database.read() as connection:
        rows = results.page(connection, batch.id, outcome=None, query="", after=-1, limit=100)
    recorded = run(function, items, options=options | where[1])
    assert [(one.position, one.key, one.outcome, one.result, one.error) for one in recorded] == [
        (row.position, row.key, ItemOutcome.of(row.outcome), _load(row.result), _load(row.error))
        for row in rows
    ]


def _load(text: str | None) -> Any:
    return None if text is None else orjson.loads(text)


def test_nothing_waits_for_the_pauses_between_two_tries(tmp_path: Path) -> None:
    started = time.monotonic()
    recorded = run(
        fault_operations.flaky,
        ["a", "fine"],
        options={"folder": str(tmp_path), "times": 10},
        retry_attempts=9,
    )
    assert time.monotonic() - started < 5, "the pauses are four minutes long together, half of it on average"
    assert [one.tries for one in recorded] == [10, 1]
    assert kinds(recorded) == [FAILED, SUCCESSFUL]
    assert recorded[0].error is not None
    assert (recorded[0].error["type"], recorded[0].error["attempts"]) == ("Overloaded", 10)


@pytest.mark.parametrize("function", [fault_operations.hang, fault_operations.hang_together])
def test_an_item_past_its_time_limit_has_failed(function: Any) -> None:
    items = ["fine", "sleep", "fine"]
    recorded = run(function, items, options={"seconds": 1}, timeout_seconds=0.1)
    assert kinds(recorded) == [SUCCESSFUL, FAILED, SUCCESSFUL]
    assert recorded[1].error == {"type": "ItemTimeout", "message": "took longer than 0.1 s"}
    assert recorded[1].duration_ms >= 100 or function is fault_operations.hang_together


@pytest.mark.parametrize("concurrency", [1, 2])
def test_a_stopped_batch_leaves_items_without_an_outcome(concurrency: int) -> None:
    @operation("steps", title="Steps", concurrency=concurrency)
    def steps(item: Item, options: NoOptions, context: Context) -> str:
        for _ in range(2):
            if context.should_stop():
                return "stopped"
        return "done"

    assert kinds(run(steps, ["a", "b", "c"])) == [SUCCESSFUL] * 3
    recorded = run(steps, ["a", "b", "c", "d"], stop_after=3)
    begun = [one for one in recorded if one.tries]
    assert {one.result for one in begun} == {"done", None}
    assert (recorded[3].outcome, recorded[3].tries) == (None, 0)
    if concurrency == 1:
        assert kinds(recorded) == [SUCCESSFUL, None, None, None]
        assert len(begun) == 2


def test_items_come_from_the_source() -> None:
    recorded = run(test_operations.noop, filters={"count": 3, "odd_keys": True})
    assert [(one.position, one.key[:7]) for one in recorded] == [(n, f"odd � {n}") for n in range(3)]
    assert run(test_operations.noop, filters={"count": 0}) == []
    with pytest.raises(InvalidInput, match="number 1 cannot be read"):
        run(test_operations.noop, filters={"broken_at": 1})
    with pytest.raises(InvalidInput, match=r"filters\.count"):
        run(test_operations.noop, filters={"count": -1})
    with pytest.raises(InvalidInput, match="takes filters, not items"):
        run(test_operations.noop, ["a"])


@on_sqlite
def test_a_file_is_read_and_saved_in_the_transaction_of_the_test(
    connection: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "parts.csv"
    others = "".join(f"part-{number},Part {number}\n" for number in range(20))
    file.write_text(f"id,title\nbolt,Bolt\nnut,\n{others}bolt,Bolt again\n")
    recorded = run(import_row, file=file, connection=connection, batch_id="parts")
    assert kinds(recorded) == [SUCCESSFUL, FAILED, *[SUCCESSFUL] * 20, FAILED]
    assert [recorded[index].key for index in (0, 1, -1)] == ["line 2", "line 3", "line 24"]
    assert recorded[0].result == {"id": "import.parts.bolt", "title": "Bolt", "replaced": False}
    failures = [one.error for one in recorded if one.error is not None]
    assert [one["rule"] for one in failures] == ["required", "unique"]
    stored = "SELECT count(*) FROM catalog_nodes WHERE source_batch_id = 'parts'"
    assert connection.exec_driver_sql(stored).scalar_one() == 21
    assert file.exists()


@on_sqlite
def test_a_source_gets_the_database_that_it_needs(database: Database) -> None:
    seed_catalog(database, 20)
    with pytest.raises(ValueError, match=r"give run.* a `connection`"):
        run(annotate, filters={"limit": 3}, database=database)
    with database.write() as connection:
        with pytest.raises(ValueError, match=r"give run.* a `database`"):
            run(annotate, filters={"limit": 3}, connection=connection)
        recorded = run(annotate, filters={"limit": 3}, database=database, connection=connection)
        annotated = "SELECT count(*) FROM catalog_nodes WHERE annotated_ms IS NOT NULL"
        assert connection.exec_driver_sql(annotated).scalar_one() == 3
    assert kinds(recorded) == [SUCCESSFUL] * 3


@on_sqlite
def test_saving_fails_for_the_guilty_item_only(connection: Connection) -> None:
    recorded = run(test_operations.insert, ["a", "b", "a"], connection=connection)
    assert kinds(recorded) == [SUCCESSFUL, SUCCESSFUL, FAILED]
    assert recorded[2].error is not None
    assert recorded[2].error["type"] == "IntegrityError"


@on_sqlite
def test_what_save_makes_of_an_outcome_is_what_is_recorded(connection: Connection) -> None:
    def save(connection: Connection, context: Context, outcomes: Sequence[Outcome[dict[str, Any]]]) -> None:
        for outcome in outcomes:
            outcome.kind, outcome.result = SKIPPED, {"owner": context.owner_id, 1: ("a",)}

    @operation("changing", title="Changing", save=save)
    def changing(item: Item, options: NoOptions, context: Context) -> dict[str, Any]:
        return {}

    (recorded,) = run(changing, ["a"], connection=connection, owner_id="me")
    assert (recorded.outcome, recorded.result) == (ItemOutcome.SKIPPED, {"owner": "me", "1": ["a"]})


def test_what_takes_long_is_loaded_once() -> None:
    calls: list[str] = []

    @operation("prepared", title="Prepared", prepare=lambda: calls.append("loaded"))
    def prepared(item: Item, options: NoOptions, context: Context) -> int:
        return len(calls)

    assert [run(prepared, ["a"])[0].result for _ in range(2)] == [1, 1]


def test_an_operation_is_found_by_its_function_or_its_name() -> None:
    def plain(item: Item, options: NoOptions, context: Context) -> str:
        return "plain"

    with pytest.raises(ValueError, match="is no operation"):
        run(plain, ["a"])
    with pytest.raises(ValueError, match="scripted, scripted-source, scripted-saving"):
        run(scripted_operations._run, ["a"])
    assert kinds(run("scripted", ["skip"])) == [ItemOutcome.SKIPPED]
    assert kinds(run(operations.registered("scripted")[0], ["fail"])) == [FAILED]
