"""Of two workers either one may die: the other recovers its work; no process is the one that must live."""

from __future__ import annotations

import signal
import time

import pytest

from tests.system import System, kill_group
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(180)


@pytest.mark.parametrize("victim", [0, 1])
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_either_of_two_workers_may_die(system: System, victim: int) -> None:
    system.start_web()
    workers = [system.start_worker(), system.start_worker()]
    owner = system.login("owner@example.org")
    batch = system.create(
        owner, json={"operation": "sleep", "items": list(range(4000)), "options": {"seconds": 0.01}}
    )
    wait_for(lambda: system.batch(owner, batch["id"])["processed"] > 400, 30, "the first results")
    kill_group(workers[victim], signal.SIGKILL)
    workers[victim].wait()
    killed = time.monotonic()
    wait_for(lambda: system.batch(owner, batch["id"])["recoveries"] >= 1, 15, "the recovery")
    print(f"recovered {time.monotonic() - killed:.1f} s after the kill -9")
    ended = system.wait_for_end(owner, batch["id"], 120)
    assert (ended["status"], ended["successful"]) == ("completed", 4000)
