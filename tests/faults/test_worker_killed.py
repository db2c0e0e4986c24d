"""kill -9 of a worker in the middle of a batch: nothing is lost, nothing is done twice."""

from __future__ import annotations

import signal
import time

import pytest
from sqlalchemy import func, select

from store.database import Database
from store.tables import results
from tests.system import System, kill_group
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(180)

ITEMS = 5000
RECOVERY_SECONDS = 15


def test_a_killed_worker_loses_no_item(system: System, database: Database) -> None:
    system.start_web()
    victim = system.start_worker()
    owner = system.login("owner@example.org")
    batch = system.create(
        owner, json={"operation": "sleep", "items": list(range(ITEMS)), "options": {"seconds": 0.002}}
    )
    wait_for(lambda: system.batch(owner, batch["id"])["processed"] > ITEMS // 5, 30, "a fifth of the batch")
    survivor_is_ready = system.start_worker
    kill_group(victim, signal.SIGKILL)
    victim.wait()
    killed = time.monotonic()
    committed = system.batch(owner, batch["id"])["processed"]
    assert committed < ITEMS
    survivor_is_ready()
    wait_for(
        lambda: system.batch(owner, batch["id"])["processed"] > committed, RECOVERY_SECONDS, "a new result"
    )
    print(f"first new result {time.monotonic() - killed:.1f} s after the kill -9")
    assert time.monotonic() - killed < RECOVERY_SECONDS
    ended = system.wait_for_end(owner, batch["id"], 60)
    assert (ended["status"], ended["successful"]) == ("completed", ITEMS)
    with database.read() as connection:
        rows = connection.execute(
            select(func.count(), func.count(func.distinct(results.c.position))).select_from(results)
        ).one()
    assert tuple(rows) == (ITEMS, ITEMS)


def test_a_killed_pool_process_is_recovered_by_its_siblings(system: System, database: Database) -> None:
    """Only one of the two pool processes dies; the worker itself goes on."""
    system.start_web()
    worker = system.start_worker()
    owner = system.login("owner@example.org")
    batch = system.create(
        owner, json={"operation": "sleep", "items": list(range(1500)), "options": {"seconds": 0.004}}
    )
    wait_for(lambda: system.batch(owner, batch["id"])["processed"] > 100, 30, "the first results")
    child = _children(worker.pid)[0]
    import os

    os.kill(child, signal.SIGKILL)
    ended = system.wait_for_end(owner, batch["id"], 60)
    # It may have died between two leases, and then there was nothing to take over.
    assert (ended["status"], ended["processed"], ended["successful"]) == ("completed", 1500, 1500)


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]
