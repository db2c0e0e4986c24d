"""kill -9 of a worker in the middle of a batch: nothing is lost, nothing is done twice."""

from __future__ import annotations

import itertools
import os
import signal
import time

import psutil
import pytest
from sqlalchemy import func, select

from store.database import Database
from store.tables import chunks, results
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
    victim = _stop_one_with_a_lease(_children(worker.pid), database)
    os.kill(victim, signal.SIGKILL)
    ended = system.wait_for_end(owner, batch["id"], 60)
    assert (ended["status"], ended["processed"], ended["successful"]) == ("completed", 1500, 1500)
    assert ended["recoveries"] >= 1, "what it had in hand was taken over"


def _stop_one_with_a_lease(pids: list[int], database: Database) -> int:
    """Stops a process that has a chunk in hand; returns its pid."""
    held = select(chunks.c.worker).where(chunks.c.state == "leased")
    for pid in itertools.cycle(pids):
        os.kill(pid, signal.SIGSTOP)
        wait_for(
            lambda one=pid: psutil.Process(one).status() == psutil.STATUS_STOPPED, 5, "it to stand still"
        )
        with database.read() as connection:
            if any(worker.endswith(f":{pid}") for worker in connection.execute(held).scalars()):
                return pid
        os.kill(pid, signal.SIGCONT)
    raise AssertionError("there are no processes")


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]
