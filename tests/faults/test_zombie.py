"""A worker that stands still past its lease and then wakes up: it can write nothing."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from contextlib import closing

import pytest
from sqlalchemy import select

from store.database import Database
from store.tables import chunks, results
from tests.system import System, kill_group
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(180)

ITEMS = 2000


def leases_of(database: Database, pids: set[int]) -> list[int]:
    """Ids of the chunks that these processes hold."""
    with database.read() as connection:
        rows = connection.execute(select(chunks.c.id, chunks.c.worker).where(chunks.c.state == "leased"))
        return [row.id for row in rows if int(str(row.worker).rsplit(":", 1)[1]) in pids]


def children(pid: int) -> set[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return {int(child) for child in file.read().split()}


def test_a_worker_that_was_stopped_past_its_lease_writes_nothing(system: System, database: Database) -> None:
    system.environment |= {"LEASE_SECONDS": "2", "RECOVERY_SECONDS": "0.5"}
    system.start_web()
    sleeper = system.start_worker()
    owner = system.login("owner@example.org")
    batch = system.create(
        owner, json={"operation": "sleep", "items": list(range(ITEMS)), "options": {"seconds": 0.005}}
    )
    pids = children(sleeper.pid)
    wait_for(lambda: system.batch(owner, batch["id"])["processed"] > 100, 30, "the first results")
    held = stop_while_it_holds(database, sleeper.pid, pids)
    system.start_worker()
    ended = system.wait_for_end(owner, batch["id"], 90)
    assert (ended["status"], ended["successful"]) == ("completed", ITEMS)
    assert ended["recoveries"] >= len(held)
    version = ended["version"]
    os.killpg(sleeper.pid, signal.SIGCONT)
    # It is awake when it works again: on a new batch, with the other worker gone.
    kill_group(system.processes[-1], signal.SIGKILL)
    second = system.create(owner, json={"operation": "mixed", "items": ["a"] * 50})
    assert system.wait_for_end(owner, second["id"], 60)["successful"] == 50
    wait_for(lambda: "was taken over by another worker" in system.log("worker-1"), 10, "the fence")
    after = system.batch(owner, batch["id"])
    assert (after["version"], after["processed"]) == (version, ITEMS)
    with database.read() as connection:
        query = select(results.c.position).join(chunks, chunks.c.id == results.c.chunk_id)
        positions = list(connection.execute(query.where(chunks.c.batch_id == batch["id"])).scalars())
    assert sorted(positions) == list(range(ITEMS))


def stop_while_it_holds(database: Database, group: int, pids: set[int]) -> list[int]:
    """Stops the processes at a moment at which they hold a lease, and nothing else that all need."""
    deadline = time.monotonic() + 20
    while True:
        os.killpg(group, signal.SIGSTOP)
        if others_can_write(database) and (held := leases_of(database, pids)):
            return held
        os.killpg(group, signal.SIGCONT)
        assert time.monotonic() < deadline
        time.sleep(0.05)


def others_can_write(database: Database) -> bool:
    """False while a stopped process is in the middle of writing to SQLite, which has one lock for all."""
    if database.dialect != "sqlite":
        return True
    with closing(sqlite3.connect(str(database.url.database), timeout=0.2)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        connection.rollback()
    return True
