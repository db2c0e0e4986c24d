"""What single items may do: fail for now, hang, raise odd things, kill their process, wait for their turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from store import leases, results
from store.batches import BatchRow
from store.clock import now_ms
from store.database import Database
from store.leases import CAREFUL_MS
from store.tables import batches as batches_table
from store.tables import chunks as chunks_table
from store.users import UserRow
from tasks.engine.recovery import dispatch_waiting, recover
from tasks.engine.slices import run_slice
from tasks.items.retries import RetryPolicy
from tests.conftest import Workbench
from tests.tasks.test_batches import positions, run, start

ODD = ["unpicklable", "long", "unprintable", "interrupt", "exit", "generator", "base", "long-name"]
ODD += ["surrogate", "recursion", "set", "deep"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "folder"
    path.mkdir()
    return path


def finish(workbench: Workbench, batch_id: str, seconds: float = 30) -> BatchRow:
    """Runs messages and what becomes due until the batch has ended."""
    deadline = time.monotonic() + seconds
    while not workbench.batches.get(batch_id).is_terminal:
        workbench.drain()
        dispatch_waiting(workbench.engine, only_timed=True)
        time.sleep(0.01)
        assert time.monotonic() < deadline
    return workbench.batches.get(batch_id)


def errors(database: Database, batch: BatchRow) -> dict[int, dict[str, object]]:
    with database.read() as connection:
        rows = results.page(connection, batch.id, outcome=2, query="", after=-1, limit=1000)
    return {row.position: orjson.loads(row.error) for row in rows}


def test_transient_errors_are_tried_again_while_the_rest_goes_on(
    make_workbench: Callable[..., Workbench], user: UserRow, folder: Path
) -> None:
    workbench = make_workbench(retry_base_seconds=0.2)
    items = ["a"] * 3 + ["fine"] * 100 + ["broken"]
    options = {"folder": str(folder), "times": 2}
    batch_id = start(workbench, user, "flaky", items=items, options=options, max_parallel=1)
    workbench.drain()
    batch = workbench.batches.get(batch_id)
    assert batch.processed >= 101, "only what is tried again is waited for"
    batch = finish(workbench, batch_id)
    assert (batch.status, batch.successful, batch.failed, batch.retries) == ("completed", 103, 1, 6)
    assert positions(workbench) == list(range(104))
    assert errors(workbench.database, batch)[103]["type"] == "ValueError"


def test_an_item_that_stays_overloaded_fails_after_its_last_try(
    make_workbench: Callable[..., Workbench], user: UserRow, folder: Path
) -> None:
    workbench = make_workbench(retry_base_seconds=0.01)
    options = {"folder": str(folder), "times": 99}
    batch_id = start(workbench, user, "flaky", items=["a", "fine"], options=options, retry_attempts=2)
    batch = finish(workbench, batch_id)
    assert (batch.successful, batch.failed, batch.retries) == (1, 1, 2)
    error = errors(workbench.database, batch)[0]
    assert (error["type"], error["attempts"]) == ("Overloaded", 3)


def test_deferred_items_survive_a_lost_worker(
    make_workbench: Callable[..., Workbench], user: UserRow, folder: Path
) -> None:
    workbench = make_workbench(retry_base_seconds=0.01, slice_seconds=1e-6, commit_seconds=1e-6)
    options = {"folder": str(folder), "times": 1}
    batch_id = start(workbench, user, "flaky", items=["a"] * 20, options=options, max_parallel=1)
    while workbench.messages or not workbench.batches.get(batch_id).is_terminal:
        if workbench.messages:
            chunk_id = workbench.messages.pop(0)
            if len(workbench.messages) % 3 == 0:
                with workbench.database.write() as connection:
                    leases.claim(connection, chunk_id, "dead", 0.001)
                time.sleep(0.002)
                recover(workbench.engine)
            else:
                run_slice(workbench.engine, chunk_id)
        run_pending(workbench)
    batch = workbench.batches.get(batch_id)
    assert (batch.status, batch.successful) == ("completed", 20)
    assert positions(workbench) == list(range(20))


def run_pending(workbench: Workbench) -> None:
    dispatch_waiting(workbench.engine, only_timed=False)
    if workbench.messages:
        run_slice(workbench.engine, workbench.messages.pop(0))


def test_pauses_grow_and_are_spread() -> None:
    policy = RetryPolicy(base_seconds=1, max_seconds=8)
    for attempts, longest in enumerate([1, 2, 4, 8, 8]):
        pauses = [policy.pause_seconds(attempts) for _ in range(500)]
        assert longest * 0.9 < max(pauses) <= longest
        assert min(pauses) < longest * 0.1


def test_odd_exceptions_and_results_are_failures_of_their_items(workbench: Workbench, user: UserRow) -> None:
    items = [*ODD, "fine", "nan"]
    batch = run(workbench, user, "odd", items=items)
    assert (batch.status, batch.failed, batch.successful) == ("completed", len(ODD), 2)
    found = errors(workbench.database, batch)
    assert [found[position]["type"] for position in range(len(ODD))] == [
        "Local", "ValueError", "Unprintable", "KeyboardInterrupt", "SystemExit", "GeneratorExit", "Base",
        "N" * 99 + "…", "ValueError", "RecursionError", "ValueError", "ValueError",
    ]  # fmt: skip
    assert max(len(str(error["message"])) for error in found.values()) <= 2000
    assert batch.total == batch.processed


@pytest.mark.parametrize(("data", "seconds"), [("sleep", 20.0), ("busy", 20.0), ("stubborn", 1.0)])
def test_an_item_past_its_time_limit_fails_and_the_others_go_on(
    workbench: Workbench, user: UserRow, data: str, seconds: float
) -> None:
    items = ["fine", data, "fine"]
    started = time.monotonic()
    # The stubborn one cannot be stopped in this process; it ends by itself, and has failed all the same.
    batch = run(workbench, user, "hang", items=items, options={"seconds": seconds}, timeout_ms=200)
    assert time.monotonic() - started < 10
    assert (batch.status, batch.successful, batch.failed) == ("completed", 2, 1)
    error = errors(workbench.database, batch)[1]
    assert (error["type"], error["message"]) == ("ItemTimeout", "took longer than 0.2 s")


@pytest.mark.alone
def test_items_that_run_together_have_time_limits_too(workbench: Workbench, user: UserRow) -> None:
    started = time.monotonic()
    items = ["fine"] * 5 + ["sleep"] + ["fine"] * 5
    batch = run(workbench, user, "hang-together", items=items, options={"seconds": 3}, timeout_ms=200)
    assert (batch.status, batch.successful, batch.failed) == ("completed", 10, 1)
    assert time.monotonic() - started < 2.5
    assert errors(workbench.database, batch)[5]["type"] == "ItemTimeout"


@pytest.mark.parametrize(
    ("data", "type_", "words"),
    [
        ("exit", "WorkerLost", "exit code 7"),
        ("segfault", "WorkerLost", "SIGSEGV"),
        ("killed", "WorkerLost", "SIGKILL"),
        ("memory", "MemoryError", ""),
    ],
)
def test_after_a_lost_worker_the_guilty_item_is_found_and_the_others_complete(
    workbench: Workbench, user: UserRow, folder: Path, data: str, type_: str, words: str
) -> None:
    items = ["fine"] * 20 + [data] + ["fine"] * 20
    options = {"folder": str(folder)}
    batch_id = start(workbench, user, "poison", items=items, options=options)
    with workbench.database.write() as connection:  # As recovery does; tests/faults has the real thing.
        connection.execute(update(chunks_table).values(losses=1, careful_ms=CAREFUL_MS))
    workbench.drain()
    batch = workbench.batches.get(batch_id)
    assert (batch.status, batch.successful, batch.failed) == ("completed", 40, 1)
    error = errors(workbench.database, batch)[20]
    assert error["type"] == type_
    assert words in str(error["message"])


@pytest.mark.alone
def test_an_operation_with_a_rate_keeps_to_it(
    make_workbench: Callable[..., Workbench], user: UserRow
) -> None:
    """600 a minute are 10 a second, over all batches together: the nth item runs n tenths after the start."""
    workbench = make_workbench()
    started = now_ms()
    first = start(workbench, user, "limited", items=["a"] * 12)
    second = start(workbench, user, "limited", items=["a"] * 12)
    for batch_id in (first, second):
        finish(workbench, batch_id)
    assert now_ms() - started < 8000, "24 items, the first at once, then one each 100 ms"
    times = sorted(
        orjson.loads(row.result) for batch_id in (first, second) for row in page(workbench.database, batch_id)
    )
    since = [time * 1000 - started for time in times]
    assert all(at >= number * 100 - 5 for number, at in enumerate(since)), since
    # Two or three at a time are granted together, and may come late: twice so many too soon, and no more.
    in_a_row = [later - earlier for earlier, later in zip(since, since[12:], strict=False)]
    assert min(in_a_row) >= (12 - 6) * 100, "what came late is made good by a burst"


def page(database: Database, batch_id: str) -> list[Any]:
    with database.read() as connection:
        return list(results.page(connection, batch_id, outcome=1, query="", after=-1, limit=100))


def test_what_is_left_of_a_slow_chunk_is_shared_with_idle_workers(
    make_workbench: Callable[..., Workbench], user: UserRow
) -> None:
    workbench = make_workbench(slice_seconds=0.05)
    options = {"seconds": 0.2}
    batch_id = start(workbench, user, "sleep", items=list(range(40)), options=options, max_parallel=1)
    with workbench.database.write() as connection:  # As if three of its four chunks were done by others.
        connection.execute(update(chunks_table).where(chunks_table.c.first > 0).values(state="done"))
        connection.execute(update(batches_table).values(max_parallel=4))
    run_slice(workbench.engine, workbench.messages.pop(0))
    with workbench.database.read() as connection:
        open_chunks = connection.execute(
            select(chunks_table.c.first, chunks_table.c.size, chunks_table.c.done)
            .where(chunks_table.c.batch_id == batch_id, chunks_table.c.state == "queued")
            .order_by(chunks_table.c.first)
        ).all()
    assert [tuple(row) for row in open_chunks] == [(0, 6, 1), (6, 4, 0)]
    assert len(workbench.messages) == 2
