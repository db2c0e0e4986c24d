"""More clients in one process than a server takes by default, and what each of them costs."""

from __future__ import annotations

import time

import psutil
import pytest

from benchmarks.crowd import Crowd
from realtime.publish.emitter import Emitter
from tests.system import System

CLIENTS = 1_500
EVENTS = 50
MAX_KIB = 50


@pytest.mark.alone
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_process_serves_more_than_a_thousand_clients(system: System) -> None:
    system.environment["SOCKET_MAX_PER_ADDRESS"] = "10000"
    process = psutil.Process(system.start_web().pid)
    emitter = Emitter(system.environment["REDIS_URL"], system.environment["SOCKETIO_CHANNEL"])
    with Crowd(system.port, rb'"number":(\d+)', rooms=["dashboard"], offers_deflate=True) as crowd:
        crowd.connect(200)
        before = process.memory_info().rss
        crowd.connect(CLIENTS - 200)
        each_kib = (process.memory_info().rss - before) / (CLIENTS - 200) / 1024
        for number in range(EVENTS):
            emitter.to_room("dashboard", "custom-event", {"number": number})
        deadline = time.monotonic() + 20
        while {one.heard for one in crowd.members} != {EVENTS} and time.monotonic() < deadline:
            crowd.listen(0.2)
        assert {one.heard for one in crowd.members} == {EVENTS}, "each event once to each"
    emitter.redis.close()
    print(f"{each_kib:.0f} KiB for each connection")
    assert each_kib < MAX_KIB
    assert "Traceback" not in system.log("web")
