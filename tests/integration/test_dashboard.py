"""The dashboard moves while somebody watches, and costs nothing when nobody does."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from redis import Redis

from tests.system import Listener, System
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


def updates(listener: Listener) -> list[dict[str, float]]:
    return [event["metrics"] for event in listener.of("dashboard:update")]


def test_the_numbers_are_those_of_the_system_and_move(system: System) -> None:
    system.start_web()
    system.start_worker()
    owner = system.login("owner@example.org")
    watching = system.connect(None, rooms=["dashboard"])
    at_rest = {
        "cpu": 0,
        "memory": 0,
        "runningBatches": 0,
        "pendingBatches": 0,
        "itemsPerSecond": 0,
        "queueDepth": 0,
        "workers": 2,
        "connections": 1,
    }
    wait_for(lambda: len(updates(watching)) >= 2, 5, "two updates")
    wait_for(lambda: updates(watching)[-1] | {"cpu": 0, "memory": 0} == at_rest, 10, "the system at rest")
    batch = system.create(
        owner, json={"operation": "sleep", "items": [0] * 400, "options": {"seconds": 0.02}}
    )
    wait_for(lambda: updates(watching)[-1]["itemsPerSecond"] > 10, 10, "a rate")
    assert updates(watching)[-1]["runningBatches"] == 1
    changes = [
        event["data"] for event in watching.of("dashboard:widget-update") if event["widgetId"] == "batches"
    ]
    assert {"running": 1, "pending": 0, "paused": 0} in changes
    system.wait_for_end(owner, batch["id"])
    wait_for(lambda: updates(watching)[-1]["runningBatches"] == 0, 5, "the end")
    assert all(0 <= one["cpu"] <= 100 and 0 < one["memory"] < 100 for one in updates(watching))
    assert not any(batch["id"] in str(event) or batch["name"] in str(event) for event in watching.events)

    page = owner.get(f"{system.url}/api/dashboard/metrics", timeout=10).json()
    assert page["metrics"]["workers"] == 2
    assert [one["metrics"]["runningBatches"] for one in page["history"]].count(1) >= 1
    assert set(page["widgets"]) == {"batches", "failures", "workers"}
    assert "Traceback" not in system.log("web")


def test_two_web_processes_publish_no_more_than_one(system: System, second: System) -> None:
    system.start_web()
    second.start_web()
    here, there = system.connect(None, rooms=["dashboard"]), second.connect(None, rooms=["dashboard"])
    started = time.monotonic()
    wait_for(lambda: len(updates(here)) >= 5, 15, "five updates")
    seconds = time.monotonic() - started
    for listener in (here, there):
        assert len(updates(listener)) <= seconds + 2
    stamps = [event["timestamp"] for event in here.of("dashboard:update")]
    assert all(earlier < later for earlier, later in pairwise(stamps))
    assert updates(here)[-1]["connections"] == 2


def test_nobody_watches_and_nothing_is_asked(system: System) -> None:
    system.start_web()
    listener = system.connect(None, rooms=["dashboard"])
    wait_for(lambda: updates(listener), 5, "an update")
    assert listener.client.call("leave-room", "dashboard")["success"]
    with Redis.from_url(system.environment["REDIS_URL"]) as redis:
        turn = f"batchwire:{system.environment['SOCKETIO_CHANNEL']}:dashboard:turn"
        wait_for(lambda: not redis.exists(turn), 10, "the last turn to run out")
        before, seen = redis.info("commandstats"), len(updates(listener))
        sets = before["cmdstat_set"]["calls"]
        # The process says every other second that it is alive; the dashboard's turn comes every second.
        wait_for(
            lambda: redis.info("commandstats")["cmdstat_set"]["calls"] >= sets + 2, 15, "two signs of life"
        )
        after = redis.info("commandstats")
    calls = {name: after[name]["calls"] - before.get(name, {"calls": 0})["calls"] for name in after}
    assert len(updates(listener)) == seen
    asked = {name for name, count in calls.items() if count}
    # What remains says that this process is alive, and looks whether the workers are.
    assert not asked & {
        "cmdstat_publish",
        "cmdstat_lpush",
        "cmdstat_ltrim",
        "cmdstat_pexpire",
        "cmdstat_lrange",
    }
