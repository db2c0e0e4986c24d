"""Others' batches: a small one does not wait for a big one, and a big one fits into little memory."""

from __future__ import annotations

import statistics
import time

import psutil
import pytest

from tests.system import System
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(180)

FIRST_TICK_SECONDS = 2.0
MAX_BYTES = 300 * 1024 * 1024


def memory_of_processes(system: System) -> list[int]:
    """Resident bytes of each process of the system."""
    sizes = []
    for process in system.processes:
        for one in [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]:
            try:
                sizes.append(one.memory_info().rss)
            except psutil.NoSuchProcess:
                continue
    return sizes


@pytest.mark.alone
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_ten_items_behind_a_big_batch_have_their_first_tick_within_two_seconds(system: System) -> None:
    system.start_web()
    system.start_worker()
    owner, other = system.login("owner@example.org"), system.login("other@example.org")
    listener = system.connect(other)
    big = system.create(owner, json={"operation": "noop", "filters": {"count": 2_000_000}})
    wait_for(lambda: system.batch(owner, big["id"])["processed"] > 0, 60, "the big batch to run")
    waits, most = [], 0
    while len(waits) < 5 and system.batch(owner, big["id"])["status"] == "running":
        started = time.monotonic()
        small = system.create(other, json={"operation": "mixed", "items": ["a"] * 10})
        batch_id = small["id"]
        wait_for(
            lambda batch_id=batch_id: [t for t in listener.of("batch:progress", batch_id) if t["processed"]],
            10,
            "its first tick",
        )
        waits.append(time.monotonic() - started)
        most = max(most, *memory_of_processes(system))
    print(f"first ticks after {', '.join(f'{wait:.2f}' for wait in waits)} s; at most {most >> 20} MiB")
    assert len(waits) >= 3, "the big batch must be there to wait for"
    assert statistics.median(waits) < FIRST_TICK_SECONDS
    assert most < MAX_BYTES


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_high_priority_goes_before_normal_and_low(system: System) -> None:
    """Of batches that wait for the same worker, in whichever order they came."""
    system.start_web()
    owner = system.login("owner@example.org")
    batches = {
        priority: system.create(
            owner,
            json={
                "operation": "sleep",
                "items": list(range(40)),
                "options": {"seconds": 0.05},
                "priority": priority,
            },
        )
        for priority in ("low", "normal", "high")
    }
    system.start_worker()
    ended = {name: system.wait_for_end(owner, one["id"], 60)["finishedAt"] for name, one in batches.items()}
    assert ended["high"] < ended["normal"] < ended["low"]
