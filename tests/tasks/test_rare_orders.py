"""Orders of events that the model in test_accounting.py came upon, each as its shortest story."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from errors import Conflict
from store import chunks, leases
from store.tables import chunks as chunks_table
from store.users import UserRow
from tasks.engine.batches import BatchRequest
from tasks.engine.recovery import recover
from tasks.engine.slices import run_slice
from tests.conftest import Workbench
from tests.tasks.test_batches import positions, start


def in_flight(workbench: Workbench, batch_id: str) -> int:
    with workbench.database.read() as connection:
        return chunks.in_flight(connection, batch_id)


def let_leases_run_out(workbench: Workbench) -> None:
    with workbench.database.write() as connection:
        connection.execute(
            update(chunks_table).where(chunks_table.c.state == "leased").values(lease_until_ms=1)
        )


def test_an_empty_batch_that_is_sealed_while_it_waits_completes_when_it_starts(
    make_workbench: Callable[..., Workbench], user: UserRow
) -> None:
    workbench = make_workbench(max_running_per_user=1)
    first = start(workbench, user, "mixed", items=["a"])
    second = start(workbench, user, "mixed", items=[], sealed=False)
    workbench.batches.seal(second)
    workbench.drain()
    assert workbench.batches.get(first).status == "completed"
    assert workbench.batches.get(second).status == "completed"


def test_an_old_message_runs_nothing_of_a_batch_that_waits_for_its_turn(
    make_workbench: Callable[..., Workbench], user: UserRow
) -> None:
    workbench = make_workbench(max_running_per_user=1)
    first = start(workbench, user, "mixed", items=["a"] * 40)
    old = list(workbench.messages)
    workbench.batches.pause(first)
    start(workbench, user, "mixed", items=["a"])
    assert workbench.batches.resume(first).phase == "waiting"
    for chunk_id in old:
        run_slice(workbench.engine, chunk_id)
    assert workbench.batches.get(first).processed == 0
    workbench.drain()
    assert workbench.batches.get(first).status == "completed"


def test_a_dead_workers_chunk_of_a_batch_that_waits_for_its_turn_waits_with_it(
    make_workbench: Callable[..., Workbench], user: UserRow
) -> None:
    workbench = make_workbench(max_running_per_user=1)
    first = start(workbench, user, "mixed", items=["a"] * 40)
    with workbench.database.write() as connection:
        assert leases.claim(connection, workbench.messages.pop(0), "dead worker", 5) is not None
    workbench.batches.pause(first)
    second = start(workbench, user, "mixed", items=["a"])
    workbench.batches.resume(first)
    workbench.messages = [one for one in workbench.messages if one in of_batch(workbench, second)]
    let_leases_run_out(workbench)
    recover(workbench.engine)
    assert set(workbench.messages) <= of_batch(workbench, second)
    workbench.drain()
    recover(workbench.engine)
    workbench.drain()
    assert workbench.batches.get(first).status == "completed"


def of_batch(workbench: Workbench, batch_id: str) -> set[int]:
    with workbench.database.read() as connection:
        query = select(chunks_table.c.id).where(chunks_table.c.batch_id == batch_id)
        return set(connection.execute(query).scalars())


def test_old_messages_do_not_make_a_batch_run_more_chunks_than_it_may(
    workbench: Workbench, user: UserRow
) -> None:
    batch_id = start(workbench, user, "mixed", items=["a"] * 40, max_parallel=2)
    queued = list(workbench.messages)
    workbench.batches.pause(batch_id)
    with workbench.database.write() as connection:
        # Later ones come first, as with a message that was lost and is sent again.
        last = connection.execute(select(chunks_table.c.id).order_by(chunks_table.c.first.desc())).scalar()
    workbench.batches.resume(batch_id)
    with workbench.database.write() as connection:
        for chunk_id in [*queued, last]:
            leases.claim(connection, chunk_id, "a worker", 5)
    assert in_flight(workbench, batch_id) == 2


def test_of_a_batch_whose_source_is_being_read_the_plan_is_queued_before_all_items(
    workbench: Workbench, user: UserRow
) -> None:
    """Both the plan and the first items stand at position 0; the database chooses between them."""
    batch_id = start(workbench, user, "noop", filters={"count": 10}, max_parallel=1)
    with workbench.database.write() as connection:
        connection.execute(delete(chunks_table))
        blocks = [chunks.encode([(key, None)]) for key in ("0", "1")]
        chunks.add_items(connection, batch_id, 0, blocks)
        plan_id = chunks.add_plan(connection, batch_id)
        assert chunks.dispatch(connection, batch_id, 1) == [plan_id]


@pytest.mark.parametrize("counted", [True, False])
def test_a_batch_whose_source_broke_reads_it_on_when_it_is_retried(
    make_workbench: Callable[..., Workbench], user: UserRow, counted: bool
) -> None:
    """What was read before is not taken for the whole."""
    workbench = make_workbench(slice_seconds=1e-6, chunk_items=10)
    filters = {"count": 300, "broken_at": 250, "counted": counted}
    batch_id = start(workbench, user, "noop", filters=filters)
    workbench.drain()
    assert workbench.batches.get(batch_id).planned > 0
    workbench.batches.retry(batch_id)
    workbench.drain()
    batch = workbench.batches.get(batch_id)
    assert (batch.status, batch.error_message) == ("failed", "filters: number 250 cannot be read")
    assert positions(workbench) == []
    _mend_source(workbench, batch_id)
    workbench.batches.retry(batch_id)
    workbench.drain()
    batch = workbench.batches.get(batch_id)
    assert (batch.status, batch.total, batch.successful) == ("completed", 300, 300)


def _mend_source(workbench: Workbench, batch_id: str) -> None:
    from store.tables import batches as batches_table

    with workbench.database.write() as connection:
        filters = {"count": 300, "broken_at": None, "counted": False}
        connection.execute(
            update(batches_table).where(batches_table.c.id == batch_id).values(filters=filters)
        )


def test_an_upload_that_could_not_be_read_has_to_be_sent_again(
    make_workbench: Callable[..., Workbench], user: UserRow, tmp_path: Path
) -> None:
    workbench = make_workbench(slice_seconds=1e-6, chunk_items=10)
    path = tmp_path / "broken.json"
    path.write_text("[" + '{"id": "a", "title": "A"},' * 500 + '{"id"')
    request = BatchRequest(operation="import", upload_path=path, upload_name="broken.json")
    batch_id = workbench.batches.create(user.id, request).id
    workbench.drain()
    assert workbench.batches.get(batch_id).status == "failed"
    with pytest.raises(Conflict, match="again"):
        workbench.batches.retry(batch_id)


def test_what_the_engine_gave_up_can_be_retried(
    workbench: Workbench, user: UserRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = start(workbench, user, "mixed", items=["a"])
    with monkeypatch.context() as patch:
        patch.setattr("tasks.engine.slices.commit", lambda *_, **__: 1 / 0)
        workbench.drain()
    batch = workbench.batches.get(batch_id)
    assert (batch.status, batch.error_code) == ("failed", "internal_error")
    workbench.batches.retry(batch_id)
    workbench.drain()
    batch = workbench.batches.get(batch_id)
    assert (batch.status, batch.successful) == ("completed", 1)


def test_no_more_chunks_are_queued_than_there_is_room_for_whatever_plan_the_database_makes(
    make_workbench: Callable[..., Workbench], user: UserRow
) -> None:
    """PostgreSQL chose such a plan by itself after a few thousand changes of the table."""
    workbench = make_workbench(chunk_items=1)
    batch_id = start(workbench, user, "mixed", items=["a"] * 40, max_parallel=1)
    with workbench.database.write() as connection:
        if connection.dialect.name == "postgresql":
            for feature in ("hashagg", "hashjoin", "material", "sort"):
                connection.exec_driver_sql(f"SET LOCAL enable_{feature} = off")
        assert len(chunks.dispatch(connection, batch_id, 3)) == 2
