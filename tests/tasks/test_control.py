"""Pause, resume, retry, open batches, dependencies, caps, limits and idempotent starts, without Celery."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from errors import Conflict, InvalidInput
from store import admission, results
from store.batches import BatchRow
from store.tables import batches as batches_table
from store.users import UserRow
from tasks.engine.batches import BatchRequest
from tasks.engine.recovery import recover
from tasks.engine.slices import run_slice
from tests.conftest import Workbench, add_user
from tests.tasks.test_batches import event_names, positions, run, start


def test_a_paused_batch_starts_nothing_and_goes_on_when_resumed(workbench: Workbench, user: UserRow) -> None:
    batch_id = start(workbench, user, "mixed", items=["a"] * 100)
    run_slice(workbench.engine, workbench.messages.pop(0))
    before = workbench.batches.get(batch_id).processed
    paused = workbench.batches.pause(batch_id)
    assert (paused.status, workbench.batches.pause(batch_id).version) == ("paused", paused.version)
    workbench.drain()
    recover(workbench.engine)
    workbench.drain()
    assert workbench.batches.get(batch_id).processed == before
    assert workbench.batches.resume(batch_id).status == "running"
    workbench.drain()
    batch = workbench.batches.get(batch_id)
    assert (batch.status, batch.successful) == ("completed", 100)
    assert event_names(workbench) == [
        "batch:created",
        "batch:paused",
        "batch:resumed",
        "batch:complete",
        "system:notification",
    ]


def test_a_batch_that_is_paused_while_its_source_is_read_goes_on_reading(
    make_workbench: Callable[..., Workbench], user: UserRow
) -> None:
    workbench = make_workbench(slice_seconds=1e-6, chunk_items=10)
    batch_id = start(workbench, user, "noop", filters={"count": 3000})
    for _ in range(3):
        run_slice(workbench.engine, workbench.messages.pop(0))
    workbench.batches.pause(batch_id)
    workbench.drain()
    assert positions(workbench) == []
    workbench.batches.resume(batch_id)
    workbench.drain()
    batch = workbench.batches.get(batch_id)
    assert (batch.status, batch.total, batch.successful) == ("completed", 3000, 3000)


def test_control_of_a_batch_that_has_ended_is_refused_with_its_state(
    workbench: Workbench, user: UserRow
) -> None:
    batch = run(workbench, user, "mixed", items=["a"])
    for method in (workbench.batches.pause, workbench.batches.resume, workbench.batches.cancel):
        with pytest.raises(Conflict, match="completed"):
            method(batch.id)
    with pytest.raises(Conflict, match="nothing to retry"):
        workbench.batches.retry(batch.id)
    running = start(workbench, user, "mixed", items=["a"])
    with pytest.raises(Conflict, match="running"):
        workbench.batches.retry(running)


def test_control_from_many_sides_at_once_ends_in_one_state(workbench: Workbench, user: UserRow) -> None:
    batch_id = start(workbench, user, "mixed", items=["a"] * 50)
    methods = [workbench.batches.pause, workbench.batches.resume, workbench.batches.cancel] * 4
    unexpected: list[BaseException] = []

    def call(method: Callable[[str], BatchRow]) -> None:
        try:
            method(batch_id)
        except Conflict:
            pass
        except BaseException as error:
            unexpected.append(error)

    threads = [threading.Thread(target=call, args=[method]) for method in methods]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert unexpected == []
    assert workbench.batches.get(batch_id).status == "cancelled"
    assert event_names(workbench).count("batch:cancelled") == 1


def test_retry_runs_the_failed_items_again_and_only_these(
    workbench: Workbench, user: UserRow, tmp_path: Path
) -> None:
    folder = tmp_path / "tries"
    folder.mkdir()
    options = {"folder": str(folder), "times": 1}
    items = ["fine"] * 30 + ["a"] * 5 + ["broken"] * 3
    batch = run(workbench, user, "flaky", items=items, options=options, retry_attempts=0)
    assert (batch.status, batch.successful, batch.failed) == ("completed", 30, 8)
    again = workbench.batches.retry(batch.id)
    assert (again.status, again.processed, again.failed) == ("running", 30, 0)
    workbench.drain()
    second = workbench.batches.get(batch.id)
    assert (second.status, second.successful, second.failed, second.processed) == ("completed", 35, 3, 38)
    assert positions(workbench) == list(range(38))
    assert sorted(path.stat().st_size for path in folder.iterdir()) == [2] * 5
    with workbench.database.read() as connection:
        assert [(group.type, group.count) for group in results.failures(connection, batch.id)] == [
            ("ValueError", 3)
        ]
    workbench.batches.retry(batch.id)
    workbench.drain()
    third = workbench.batches.get(batch.id)
    assert (third.successful, third.failed) == (35, 3)
    names = event_names(workbench)
    assert names.count("batch:complete") == 3
    assert names.count("batch:resumed") == 2


@pytest.mark.parametrize(("limit", "failed"), [(0, 1), (5, 6), ("5", 6), ("10%", 6)])
def test_a_batch_in_which_too_many_items_fail_ends_early(
    make_workbench: Callable[..., Workbench], user: UserRow, limit: int | str, failed: int
) -> None:
    workbench = make_workbench(commit_seconds=1e-6)
    batch = run(workbench, user, "mixed", items=["fail"] * 50, max_failures=limit, max_parallel=1)
    assert (batch.status, batch.failed, batch.error_code) == ("failed", failed, "failure_limit")
    assert f"{failed} item" in (batch.error_message or "")
    assert event_names(workbench) == ["batch:created", "batch:error", "system:notification"]


def test_a_batch_that_ended_early_can_be_taken_up_again(workbench: Workbench, user: UserRow) -> None:
    items = ["a"] * 10 + ["fail"] * 5 + ["a"] * 100
    batch = run(workbench, user, "mixed", items=items, max_failures=2)
    assert batch.status == "failed"
    workbench.batches.retry(batch.id)
    workbench.drain()
    again = workbench.batches.get(batch.id)
    assert again.status == "failed"
    assert again.processed <= 115
    assert len(positions(workbench)) == again.processed


@pytest.mark.parametrize("limit", ["x", "-1", "101%", -1, "5 percent"])
def test_a_failure_limit_that_makes_no_sense_is_refused(
    workbench: Workbench, user: UserRow, limit: int | str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        workbench.batches.create(user.id, BatchRequest(operation="mixed", items=["a"], max_failures=limit))
    assert caught.value.fields[0].field == "maxFailures"


def test_items_can_be_added_until_the_batch_is_sealed(workbench: Workbench, user: UserRow) -> None:
    batch_id = start(workbench, user, "mixed", items=[], sealed=False)
    workbench.batches.add_items(batch_id, ["a"] * 20)
    workbench.drain()
    batch = workbench.batches.get(batch_id)
    assert (batch.status, batch.total, batch.processed) == ("running", None, 20)
    with pytest.raises(Conflict, match="20 items"):
        workbench.batches.add_items(batch_id, ["a"] * 20, offset=0)
    workbench.batches.add_items(batch_id, ["fail"] * 5, offset=20)
    assert workbench.batches.seal(batch_id).total == 25
    workbench.drain()
    batch = workbench.batches.get(batch_id)
    assert (batch.status, batch.successful, batch.failed) == ("completed", 20, 5)
    assert positions(workbench) == list(range(25))
    with pytest.raises(Conflict, match="completed"):
        workbench.batches.add_items(batch_id, ["a"])


def test_sealing_a_batch_whose_items_are_done_completes_it(workbench: Workbench, user: UserRow) -> None:
    batch_id = start(workbench, user, "mixed", items=["a"], sealed=False)
    workbench.drain()
    assert workbench.batches.seal(batch_id).status == "completed"
    assert workbench.batches.seal(batch_id).status == "completed"
    assert event_names(workbench) == ["batch:created", "batch:complete", "system:notification"]


def test_an_item_that_cannot_be_stored_is_named_and_none_is_added(
    workbench: Workbench, user: UserRow
) -> None:
    batch_id = start(workbench, user, "mixed", items=["a"], sealed=False)
    with pytest.raises(InvalidInput) as caught:
        workbench.batches.add_items(batch_id, ["b", "\ud800"])
    assert caught.value.fields[0].field == "items.1"
    assert workbench.batches.get(batch_id).planned == 1


def test_a_batch_waits_for_those_it_depends_on(workbench: Workbench, user: UserRow) -> None:
    first = start(workbench, user, "mixed", items=["a"])
    second = start(workbench, user, "noop", filters={"count": 5}, depends_on=[first])
    waiting = workbench.batches.get(second)
    assert (waiting.status, waiting.phase) == ("pending", "waiting")
    workbench.drain()
    assert workbench.batches.get(second).status == "completed"


def test_a_batch_whose_dependency_fails_fails_with_it_and_so_do_those_behind(
    workbench: Workbench, user: UserRow
) -> None:
    first = start(workbench, user, "mixed", items=["a"])
    second = start(workbench, user, "mixed", items=["a"], depends_on=[first])
    third = start(workbench, user, "mixed", items=["a"], depends_on=[second], priority="high")
    workbench.batches.cancel(first)
    for batch_id in (second, third):
        batch = workbench.batches.get(batch_id)
        assert (batch.status, batch.error_code) == ("failed", "dependency_failed")
    late = workbench.batches.create(user.id, BatchRequest(operation="mixed", items=["a"], depends_on=[first]))
    assert late.status == "failed"
    assert "is cancelled" in (late.error_message or "")
    assert event_names(workbench)[-3:] == ["batch:created", "batch:error", "system:notification"]


def test_a_batch_can_only_wait_for_own_batches_that_exist(workbench: Workbench, user: UserRow) -> None:
    """Dependencies are named when a batch is created, so that no cycle can be closed."""
    stranger = add_user(workbench.database, "stranger@example.org")
    foreign = start(workbench, stranger, "mixed", items=["a"])
    for batch_id in ("nothing", foreign):
        with pytest.raises(InvalidInput) as caught:
            start(workbench, user, "mixed", items=["a"], depends_on=[batch_id])
        assert caught.value.fields[0].field == "dependsOn.0"


def test_a_users_running_batches_are_capped_and_others_are_not_held_up(
    make_workbench: Callable[..., Workbench], user: UserRow
) -> None:
    workbench = make_workbench(max_running_per_user=2)
    other = add_user(workbench.database, "other@example.org")
    mine = [start(workbench, user, "mixed", items=["a"] * 3) for _ in range(5)]
    theirs = start(workbench, other, "mixed", items=["a"])
    states = [workbench.batches.get(batch_id).phase for batch_id in mine]
    assert states == ["running", "running", "waiting", "waiting", "waiting"]
    assert workbench.batches.get(theirs).phase == "running"
    workbench.batches.pause(mine[0])
    assert workbench.batches.get(mine[2]).phase == "running"
    assert workbench.batches.resume(mine[0]).phase == "waiting"
    workbench.drain()
    assert {workbench.batches.get(batch_id).status for batch_id in mine} == {"completed"}


def test_waiting_batches_start_by_priority(make_workbench: Callable[..., Workbench], user: UserRow) -> None:
    workbench = make_workbench(max_running_per_user=1)
    start(workbench, user, "mixed", items=["a"])
    low = start(workbench, user, "mixed", items=["a"], priority="low")
    high = start(workbench, user, "mixed", items=["a"], priority="high")
    run_slice(workbench.engine, workbench.messages.pop(0))
    assert workbench.batches.get(high).phase == "running"
    assert workbench.batches.get(low).phase == "waiting"


def test_starts_at_the_same_time_cannot_pass_the_cap_together(
    make_workbench: Callable[..., Workbench], user: UserRow
) -> None:
    workbench = make_workbench(max_running_per_user=3)
    threads = [
        threading.Thread(target=start, args=(workbench, user, "mixed"), kwargs={"items": ["a"]})
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with workbench.database.read() as connection:
        assert admission.running_count(connection, user.id) == 3


def test_recovery_starts_what_a_crash_left_waiting(workbench: Workbench, user: UserRow) -> None:
    first = start(workbench, user, "mixed", items=["a"])
    second = start(workbench, user, "mixed", items=["a"], depends_on=[first])
    with workbench.database.write() as connection:
        connection.execute(
            batches_table.update().where(batches_table.c.id == first).values(status="completed", phase="done")
        )
    recover(workbench.engine)
    workbench.drain()
    assert workbench.batches.get(second).status == "completed"


def test_the_same_idempotency_key_gives_the_same_batch(workbench: Workbench, user: UserRow) -> None:
    request = BatchRequest(operation="mixed", items=["a"], idempotency_key="k1")
    first, is_new = workbench.batches.find_or_create(user.id, request)
    second, is_new_again = workbench.batches.find_or_create(user.id, request)
    assert (first.id, is_new, is_new_again) == (second.id, True, False)
    with pytest.raises(Conflict, match="another request"):
        workbench.batches.create(user.id, BatchRequest(operation="mixed", items=["b"], idempotency_key="k1"))
    assert event_names(workbench) == ["batch:created"]


def test_the_same_key_at_the_same_time_makes_one_batch(workbench: Workbench, user: UserRow) -> None:
    made: list[str] = []

    def create() -> None:
        request = BatchRequest(operation="mixed", items=["a"] * 20, idempotency_key="together")
        made.append(workbench.batches.create(user.id, request).id)

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1
    assert event_names(workbench) == ["batch:created"]
