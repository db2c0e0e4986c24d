"""The engine's accounting, without Celery: every message is run by the test."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select, update

from errors import Conflict, InvalidInput, NotFound
from store import catalog, leases, results
from store.batches import BatchRow
from store.tables import chunks as chunks_table
from store.tables import events as events_table
from store.tables import results as results_table
from store.users import UserRow
from tasks.engine.batches import BatchRequest
from tasks.engine.recovery import recover
from tasks.engine.slices import run_slice
from tests.conftest import Workbench


def start(workbench: Workbench, user: UserRow, operation: str, **arguments: Any) -> str:
    return workbench.batches.create(user.id, BatchRequest(operation=operation, **arguments)).id


def run(workbench: Workbench, user: UserRow, operation: str, **arguments: Any) -> BatchRow:
    batch_id = start(workbench, user, operation, **arguments)
    workbench.drain()
    return workbench.batches.get(batch_id)


def positions(workbench: Workbench) -> list[int]:
    with workbench.database.read() as connection:
        return sorted(connection.execute(select(results_table.c.position)).scalars())


def event_names(workbench: Workbench) -> list[str]:
    with workbench.database.read() as connection:
        query = select(events_table.c.event).order_by(events_table.c.id)
        return list(connection.execute(query).scalars())


def test_every_item_has_one_result_and_the_counters_agree(workbench: Workbench, user: UserRow) -> None:
    batch = run(workbench, user, "mixed", items=["a", "fail", "skip", "crash", "b"] * 40)
    assert (batch.status, batch.total, batch.processed) == ("completed", 200, 200)
    assert (batch.successful, batch.failed, batch.skipped) == (80, 80, 40)
    assert positions(workbench) == list(range(200))
    assert event_names(workbench) == ["batch:created", "batch:complete", "system:notification"]


def test_a_planned_batch_reads_its_whole_source(workbench: Workbench, user: UserRow) -> None:
    batch = run(workbench, user, "noop", filters={"count": 2500})
    assert (batch.status, batch.total, batch.successful) == ("completed", 2500, 2500)
    assert positions(workbench) == list(range(2500))


@pytest.mark.parametrize("max_parallel", [1, 4, 64])
@pytest.mark.parametrize("slice_seconds", [1e-6, 60])
def test_a_source_of_unknown_length_is_read_whole_however_it_is_cut(
    make_workbench: Callable[..., Workbench], user: UserRow, max_parallel: int, slice_seconds: float
) -> None:
    workbench = make_workbench(slice_seconds=slice_seconds, chunk_items=100)
    batch = run(workbench, user, "noop", filters={"count": 1500, "counted": False}, max_parallel=max_parallel)
    assert (batch.status, batch.total, batch.successful) == ("completed", 1500, 1500)
    assert positions(workbench) == list(range(1500))


def test_messages_that_come_again_change_nothing(workbench: Workbench, user: UserRow) -> None:
    batch_id = start(workbench, user, "noop", filters={"count": 1000})
    seen: list[int] = []
    while workbench.messages:
        chunk_id = workbench.messages.pop(0)
        seen.append(chunk_id)
        run_slice(workbench.engine, chunk_id)
        for old in seen:
            run_slice(workbench.engine, old)
    batch = workbench.batches.get(batch_id)
    assert (batch.status, batch.processed) == ("completed", 1000)
    assert positions(workbench) == list(range(1000))
    assert batch.redeliveries > 0


def test_lost_messages_are_sent_again(workbench: Workbench, user: UserRow) -> None:
    batch_id = start(workbench, user, "noop", filters={"count": 100})
    workbench.messages.clear()
    assert recover(workbench.engine) == 0
    with workbench.database.write() as connection:
        connection.execute(update(chunks_table).values(dispatched_ms=1))
    assert recover(workbench.engine) == 1
    workbench.drain()
    assert workbench.batches.get(batch_id).status == "completed"


def test_a_chunk_of_a_dead_worker_is_run_by_another(workbench: Workbench, user: UserRow) -> None:
    batch_id = start(workbench, user, "mixed", items=["a"] * 8)
    dead = workbench.messages.pop(0)
    with workbench.database.write() as connection:
        assert leases.claim(connection, dead, "dead worker", 5) is not None
        connection.execute(update(chunks_table).where(chunks_table.c.id == dead).values(lease_until_ms=1))
    workbench.drain()
    assert workbench.batches.get(batch_id).status == "running"
    recover(workbench.engine)
    workbench.drain()
    batch = workbench.batches.get(batch_id)
    assert (batch.status, batch.successful, batch.recoveries) == ("completed", 8, 1)


def test_failures_are_grouped_by_kind_with_examples(workbench: Workbench, user: UserRow) -> None:
    batch = run(workbench, user, "mixed", items=["fail"] * 30 + ["crash"] * 10)
    with workbench.database.read() as connection:
        groups = results.failures(connection, batch.id)
    assert [(group.type, group.count) for group in groups] == [("ItemError", 30), ("RuntimeError", 10)]
    assert groups[0].message == "row … is wrong"
    assert groups[0].examples[0]["field"] == "name"
    assert groups[0].examples[0]["rule"] == "required"
    assert len(groups[0].examples) == results.MAX_EXAMPLES


def test_results_that_cannot_be_stored_are_failures_of_their_items(
    workbench: Workbench, user: UserRow
) -> None:
    batch = run(workbench, user, "mixed", items=["unserialisable", "huge", "lone", "a\x00b", "fine"])
    assert (batch.status, batch.successful, batch.failed) == ("completed", 2, 3)
    with workbench.database.read() as connection:
        rows = results.page(connection, batch.id, outcome=1, query="", after=-1, limit=10)
    assert [orjson.loads(row.result) for row in rows] == [{"echo": "a\x00b"}, {"echo": "fine"}]


def test_an_operations_own_writes_are_part_of_the_commit(workbench: Workbench, user: UserRow) -> None:
    batch = run(workbench, user, "insert", items=["a", "b", "a", "c"])
    assert (batch.successful, batch.failed) == (3, 1)
    with workbench.database.read() as connection:
        assert catalog.count(connection) == 3


def test_a_source_that_breaks_fails_the_batch_before_any_item_ran(
    workbench: Workbench, user: UserRow
) -> None:
    batch = run(workbench, user, "noop", filters={"count": 5000, "broken_at": 4999})
    assert (batch.status, batch.processed) == ("failed", 0)
    assert batch.error_message == "filters: number 4999 cannot be read"
    assert positions(workbench) == []
    assert event_names(workbench) == ["batch:created", "batch:error", "system:notification"]


def test_a_batch_without_items_is_completed(workbench: Workbench, user: UserRow) -> None:
    batch = run(workbench, user, "noop", filters={"count": 0})
    assert (batch.status, batch.total) == ("completed", 0)
    assert "nothing to do" in batch.message


def test_cancelling_keeps_what_was_done_and_starts_nothing_more(workbench: Workbench, user: UserRow) -> None:
    batch_id = start(workbench, user, "mixed", items=["a"] * 100)
    run_slice(workbench.engine, workbench.messages.pop(0))
    before = workbench.batches.get(batch_id)
    assert 0 < before.processed < 100
    assert workbench.batches.cancel(batch_id).status == "cancelled"
    assert workbench.batches.cancel(batch_id).status == "cancelled"
    workbench.drain()
    assert workbench.batches.get(batch_id).processed == before.processed
    assert Counter(event_names(workbench))["batch:cancelled"] == 1


def test_a_batch_that_is_cancelled_while_its_source_is_read_stays_as_it_is(
    make_workbench: Callable[..., Workbench], user: UserRow
) -> None:
    # A slice of a microsecond: the source is read in many steps, and the batch is cancelled between two.
    workbench = make_workbench(slice_seconds=1e-6, chunk_items=10)
    batch_id = start(workbench, user, "noop", filters={"count": 5000})
    for _ in range(3):
        run_slice(workbench.engine, workbench.messages.pop(0))
    assert workbench.batches.get(batch_id).phase == "planning"
    cancelled = workbench.batches.cancel(batch_id)
    workbench.drain()
    after = workbench.batches.get(batch_id)
    assert (after.status, after.phase, after.version) == ("cancelled", "done", cancelled.version)
    assert positions(workbench) == []


def test_what_has_ended_cannot_be_cancelled(workbench: Workbench, user: UserRow) -> None:
    batch = run(workbench, user, "mixed", items=["a"])
    with pytest.raises(Conflict, match="completed"):
        workbench.batches.cancel(batch.id)
    with pytest.raises(NotFound):
        workbench.batches.cancel("nothing")


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (BatchRequest(operation="unknown"), "operation"),
        (BatchRequest(operation="mixed"), "items"),
        (BatchRequest(operation="mixed", items=[]), "items"),
        (BatchRequest(operation="mixed", items=["a"], filters={}), "filters"),
        (BatchRequest(operation="noop", items=["a"]), "items"),
        (BatchRequest(operation="noop", filters={"count": -1}), "filters.count"),
        (BatchRequest(operation="sleep", items=["a"], options={"seconds": "x"}), "options.seconds"),
        (BatchRequest(operation="mixed", items=["a"], name="x" * 201), "name"),
        (BatchRequest(operation="import"), "file"),
        (BatchRequest(operation="mixed", items=["a"], name="\ud800"), "name"),
        (BatchRequest(operation="mixed", items=["\ud800"]), "items.0"),
        (BatchRequest(operation="annotate", filters={"areas": ["\ud800"]}), "filters"),
        (BatchRequest(operation="annotate", filters={"areas": ["a\x00b"]}), "filters"),
    ],
)
def test_bad_requests_name_the_field_and_store_nothing(
    workbench: Workbench, user: UserRow, request_: BatchRequest, field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        workbench.batches.create(user.id, request_)
    assert caught.value.fields[0].field == field
    assert event_names(workbench) == []


def test_progress_is_a_hundred_only_at_the_end(workbench: Workbench, user: UserRow) -> None:
    from realtime.contract.presentation import progress_percent

    batch_id = start(workbench, user, "noop", filters={"count": 3000})
    shown = []
    while workbench.messages:
        run_slice(workbench.engine, workbench.messages.pop(0))
        batch = workbench.batches.get(batch_id)
        shown.append(progress_percent(batch))
        assert (shown[-1] == 100) == (batch.status == "completed")
    assert shown == sorted(shown)


def test_items_that_wait_run_at_the_same_time_where_the_operation_allows_it(
    workbench: Workbench, user: UserRow
) -> None:
    batch = run(workbench, user, "sleep-together", items=list(range(80)), options={"seconds": 0.05})
    assert batch.successful == 80
    assert batch.finished_ms is not None
    assert batch.started_ms is not None
    # One after the other they would take 4 s.
    assert batch.finished_ms - batch.started_ms < 3000
    with workbench.database.read() as connection:
        query = select(func.count()).select_from(results_table)
        assert connection.execute(query).scalar_one() == 80


@pytest.mark.slow
def test_a_long_source_never_sits_whole_in_memory(workbench: Workbench, user: UserRow) -> None:
    """50,000 items of 2 kB are 100 MB; planning and running them takes a fraction of that at any time."""
    batch_id = start(workbench, user, "noop", filters={"count": 50_000, "item_bytes": 2000})
    tracemalloc.start()
    try:
        workbench.drain()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    batch = workbench.batches.get(batch_id)
    assert (batch.status, batch.successful) == ("completed", 50_000)
    assert most < 40_000_000


def test_keys_that_no_database_stores_are_made_storable(workbench: Workbench, user: UserRow) -> None:
    batch_id = start(workbench, user, "noop", filters={"count": 3, "odd_keys": True})
    workbench.drain()
    assert workbench.batches.get(batch_id).successful == 3
    with workbench.database.read() as connection:
        rows = results.page(connection, batch_id, outcome=None, query="", after=-1, limit=10)
    assert {len(row.key) for row in rows} == {200}
