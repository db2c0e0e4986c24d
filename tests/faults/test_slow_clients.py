"""A client that stops reading: the server stays small, others notice nothing, and it recovers."""

from __future__ import annotations

import socket
import time

import orjson
import psutil
import pytest
import websocket

from realtime.publish import outbox
from realtime.publish.emitter import Emitter
from realtime.transport.backpressure import CLOSE_AT
from store import events
from store.database import Database
from tests.system import System
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

MAX_GROWTH_MB = 25
PADDING = "x" * 2000


def stalled_client(system: System, token: str) -> websocket.WebSocket:
    """A connection that has said hello and then reads nothing, through as small a window as there is."""
    options = ((socket.SOL_SOCKET, socket.SO_RCVBUF, 4096),)
    url = system.url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    raw = websocket.create_connection(url, timeout=10, sockopt=options)
    raw.send("40" + orjson.dumps({"token": token}).decode())
    while not raw.recv().startswith('42["welcome"'):
        pass
    return raw


@pytest.mark.alone
def test_a_stalled_client_costs_little_and_nobody_else_anything(system: System) -> None:
    system.environment["SOCKET_PING_SECONDS"] = "300"  # Else the missing answer to a ping ends it sooner.
    process = psutil.Process(system.start_web().pid)
    owner = system.login("owner@example.org")
    token = str(owner.headers["Authorization"]).removeprefix("Bearer ")
    stalled = stalled_client(system, token)
    reading = system.connect(owner)
    emitter = Emitter(system.environment["REDIS_URL"], system.environment["SOCKETIO_CHANNEL"])
    user_id = reading.of("welcome")[0]["user"]["id"]
    before = process.memory_info().rss

    def send(event: str) -> None:
        emitter.to_user(user_id, event, {"sent": time.time(), "padding": PADDING})
        time.sleep(0.002)

    for _ in range(3000):
        send("batch:progress")
    sent = 0
    while sent < CLOSE_AT * 2 or "packets wait for it" not in system.log("web"):
        send("custom-event")
        sent += 1
        assert sent < 20_000, "the stalled client is not ended"
    wait_for(lambda: len(reading.of("custom-event")) == sent, 20, "what was sent")
    growth = (process.memory_info().rss - before) / 2**20
    print(f"{sent + 3000} events of 2 kB were not read, the server grew by {growth:.1f} MB")
    assert growth < MAX_GROWTH_MB
    assert len(reading.of("batch:progress")) == 3000, "only the stalled one goes without"
    assert reading.client.connected
    stalled.shutdown()
    emitter.redis.close()
    assert "Traceback" not in system.log("web")


def test_who_was_closed_for_being_slow_gets_what_was_missed(system: System, database: Database) -> None:
    system.start_web()
    owner = system.login("owner@example.org")
    token = str(owner.headers["Authorization"]).removeprefix("Bearer ")
    stalled = stalled_client(system, token)
    emitter = Emitter(system.environment["REDIS_URL"], system.environment["SOCKETIO_CHANNEL"])
    user_id = owner.get(f"{system.url}/api/auth/me", timeout=5).json()["user"]["id"]
    room = f"user:{user_id}"
    with database.write() as connection:
        event_id = events.add(connection, room=room, event="batch:complete", payload={"batchId": "b"})

    def is_closed() -> bool:
        for _ in range(100):
            emitter.to_user(user_id, "custom-event", {"padding": PADDING})
        return "packets wait for it" in system.log("web")

    wait_for(is_closed, 40, "the end of the stalled one")
    outbox.deliver(database, emitter, [event_id])
    back = system.connect(owner, last_event_id=0)
    wait_for(lambda: back.of("recovered"), 5, "recovered")
    assert [event["batchId"] for event in back.of("batch:complete")] == ["b"]
    stalled.shutdown()
    emitter.redis.close()


def test_a_burst_does_no_harm_to_a_client_that_reads(system: System) -> None:
    system.start_web()
    reading = system.connect(system.login("owner@example.org"))
    user_id = reading.of("welcome")[0]["user"]["id"]
    emitter = Emitter(system.environment["REDIS_URL"], system.environment["SOCKETIO_CHANNEL"])
    for number in range(CLOSE_AT * 5):
        emitter.to_user(user_id, "custom-event", {"number": number})
    wait_for(lambda: len(reading.of("custom-event")) == CLOSE_AT * 5, 60, "all of the burst")
    assert reading.client.connected
    emitter.redis.close()
