"""Leases and fences, on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from sqlalchemy import update

from errors import LeaseLost
from store import batches, chunks, leases
from store.database import Database
from store.ids import new_id
from store.tables import chunks as chunks_table
from store.users import UserRow

WORKER = "worker-1"


def add_batch(database: Database, user: UserRow, sizes: list[int], status: str = "running") -> str:
    with database.write() as connection:
        batch = batches.add(
            connection,
            {
                "id": new_id(),
                "owner_id": user.id,
                "operation": "noop",
                "name": "test",
                "status": status,
                "phase": "running",
                "options": {},
                "max_parallel": 4,
                "total": sum(sizes),
                "planned": sum(sizes),
            },
        )
        blocks = [chunks.encode([(str(n), None) for n in range(size)]) for size in sizes]
        chunks.add_items(connection, batch.id, 0, blocks)
    return batch.id


def dispatch(database: Database, batch_id: str, most: int = 4) -> list[int]:
    with database.write() as connection:
        return chunks.dispatch(connection, batch_id, most)


def claim(database: Database, chunk_id: int) -> leases.Lease | None:
    with database.write() as connection:
        return leases.claim(connection, chunk_id, WORKER, 5)


def test_dispatch_never_queues_more_than_may_run_at_once(database: Database, user: UserRow) -> None:
    batch_id = add_batch(database, user, [1] * 10)
    assert len(dispatch(database, batch_id, 3)) == 3
    assert dispatch(database, batch_id, 3) == []
    assert len(dispatch(database, batch_id, 5)) == 2


def test_a_chunk_is_claimed_once_however_often_its_message_comes(database: Database, user: UserRow) -> None:
    batch_id = add_batch(database, user, [5])
    (chunk_id,) = dispatch(database, batch_id)
    lease = claim(database, chunk_id)
    assert lease is not None
    assert [key for key, _ in lease.items] == ["0", "1", "2", "3", "4"]
    assert claim(database, chunk_id) is None


def test_many_workers_claim_each_chunk_exactly_once(database: Database, user: UserRow) -> None:
    batch_id = add_batch(database, user, [1] * 40)
    got: list[int] = []

    def work() -> None:
        while True:
            with database.write() as connection:
                lease = leases.claim_next(connection, batch_id, WORKER, 60)
            if lease is None:
                return
            got.append(lease.chunk_id)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # SKIP LOCKED may let a worker stop early while others hold rows; nobody gets one twice.
    assert len(got) == len(set(got))
    with database.write() as connection:
        while lease := leases.claim_next(connection, batch_id, WORKER, 60):
            got.append(lease.chunk_id)
    assert len(set(got)) == 40


def test_chunks_of_a_batch_that_may_not_run_are_not_claimed(database: Database, user: UserRow) -> None:
    batch_id = add_batch(database, user, [1])
    (chunk_id,) = dispatch(database, batch_id)
    with database.write() as connection:
        batches.change(connection, batch_id, status="cancelled")
    assert claim(database, chunk_id) is None


def test_a_worker_that_was_overtaken_can_write_nothing(database: Database, user: UserRow) -> None:
    batch_id = add_batch(database, user, [5])
    (chunk_id,) = dispatch(database, batch_id)
    zombie = claim(database, chunk_id)
    assert zombie is not None
    _expire(database, chunk_id)
    with database.write() as connection:
        (lost,) = chunks.requeue_lost(connection, 60)
    assert (lost.chunk_id, lost.batch_id, lost.from_worker) == (chunk_id, batch_id, True)
    heir = claim(database, chunk_id)
    assert heir is not None
    assert heir.fence > zombie.fence
    with pytest.raises(LeaseLost), database.write() as connection:
        leases.advance(connection, zombie, replace(zombie, done=5))
    with database.write() as connection:
        assert not leases.renew(connection, zombie, 5)
        assert leases.renew(connection, heir, 5)
        leases.advance(connection, heir, replace(heir, done=5))


def test_what_runs_is_left_alone_by_recovery(database: Database, user: UserRow) -> None:
    batch_id = add_batch(database, user, [1, 1])
    first, second = dispatch(database, batch_id)
    assert claim(database, first) is not None
    with database.write() as connection:
        assert chunks.requeue_lost(connection, 60) == []
    with database.write() as connection:
        connection.execute(update(chunks_table).values(dispatched_ms=0).where(chunks_table.c.id == second))
        (lost,) = chunks.requeue_lost(connection, 60)
        assert (lost.chunk_id, lost.from_worker, lost.dispatches) == (second, False, 2)
        assert chunks.requeue_lost(connection, 60) == []


def test_work_that_is_handed_on_goes_on_where_it_stopped(database: Database, user: UserRow) -> None:
    batch_id = add_batch(database, user, [5])
    (chunk_id,) = dispatch(database, batch_id)
    lease = claim(database, chunk_id)
    assert lease is not None
    with database.write() as connection:
        after = leases.advance(connection, lease, replace(lease, done=2))
        leases.hand_on(connection, after)
    again = claim(database, chunk_id)
    assert again is not None
    assert again.done == 2


def _expire(database: Database, chunk_id: int) -> None:
    with database.write() as connection:
        connection.execute(update(chunks_table).where(chunks_table.c.id == chunk_id).values(lease_until_ms=1))
