"""Real processes: what happens in a worker reaches the browser of the owner, and nobody else's."""

from __future__ import annotations

import threading
import time
from itertools import pairwise

import pytest
import requests
import socketio
import websocket

from realtime.publish.emitter import Emitter
from store.database import Database
from tests.sockets import Client
from tests.system import System, in_hand
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(180)
ANY_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_batch_is_seen_live_by_its_owner_only(system: System) -> None:
    system.start_web()
    system.start_worker()
    owner, other = system.login("owner@example.org"), system.login("other@example.org")
    mine, elsewhere, polling = (
        system.connect(owner),
        system.connect(other),
        system.connect(owner, "polling"),
    )
    anonymous = system.connect(None)
    batch = system.create(
        owner, json={"operation": "sleep", "items": list(range(400)), "options": {"seconds": 0.01}}
    )
    joined = mine.client.call("join-room", f"batch:{batch['id']}")
    assert joined["success"] is True
    assert elsewhere.client.call("join-room", f"batch:{batch['id']}")["success"] is False
    for listener in (mine, polling):
        wait_for(lambda found=listener: found.of("batch:complete", batch["id"]), 30, "the end")
    # Whatever came twice, or to somebody else, came before these.
    for session, listeners in ((owner, (mine, polling)), (other, (elsewhere,))):
        last = system.create(session, json={"operation": "mixed", "items": ["a"]})
        for listener in listeners:
            wait_for(
                lambda found=listener, end=last: found.of("batch:complete", end["id"]), 30, "the last end"
            )
    anonymous.client.call("join-room", "dashboard")

    ticks = mine.of("batch:progress", batch["id"])
    assert len(ticks) >= 5
    for before, after in pairwise(ticks):
        assert after["version"] > before["version"]
        assert after["progress"] >= before["progress"]
        assert after["processed"] == after["successful"] + after["failed"] + after["skipped"]
    assert [tick["progress"] == 100 for tick in ticks] == [False] * (len(ticks) - 1) + [True]
    assert len(mine.of("batch:created", batch["id"])) == 1
    (complete,) = mine.of("batch:complete", batch["id"])
    assert complete["results"] == {"total": 400, "successful": 400, "failed": 0, "skipped": 0}
    assert len(polling.of("batch:complete", batch["id"])) == 1
    assert {data["batchId"] for name, data in elsewhere.events if name.startswith("batch:")} == {last["id"]}
    assert [name for name, _ in anonymous.events if name.startswith("batch:")] == []
    for listener in (mine, elsewhere, polling, anonymous):
        listener.close()
    assert "Traceback" not in system.log("web")
    assert "Traceback" not in system.log("worker-1")


@ANY_DATABASE
def test_a_batch_that_cannot_go_on_says_so_once(system: System) -> None:
    system.start_web()
    system.start_worker()
    owner = system.login("owner@example.org")
    listener = system.connect(owner)
    batch = system.create(owner, json={"operation": "noop", "filters": {"count": 3000, "broken_at": 2999}})
    wait_for(lambda: listener.of("batch:error", batch["id"]), 20, "batch:error")
    failing = system.create(owner, json={"operation": "mixed", "items": ["fail"] * 2000})
    system.wait_for_end(owner, failing["id"])
    wait_for(lambda: listener.of("batch:complete", failing["id"]), 20, "the end")
    (error,) = listener.of("batch:error", batch["id"])
    assert error["fatal"] is True
    assert "2999 cannot be read" in error["error"]
    grouped = listener.of("batch:error", failing["id"])
    assert 1 <= len(grouped) <= 5
    assert not any(event["fatal"] for event in grouped)
    listener.close()


@pytest.mark.alone
def test_cancelling_reaches_an_item_in_hand_within_two_seconds(system: System, database: Database) -> None:
    system.start_web()
    system.start_worker()
    owner = system.login("owner@example.org")
    listener = system.connect(owner)
    batch = system.create(owner, json={"operation": "patient", "items": ["a", "b"]})
    wait_for(lambda: in_hand(database, batch["id"]) == 2, 10, "both processes to have an item in hand")
    started = time.monotonic()
    system_url = f"{system.url}/api/batch/{batch['id']}/cancel"
    assert owner.post(system_url, timeout=10).json()["batch"]["status"] == "cancelled"
    wait_for(lambda: listener.of("batch:cancelled", batch["id"]), 2, "batch:cancelled")
    # Both processes had an item of a minute in hand: only if they let go of it does anything else run.
    quick = system.create(owner, json={"operation": "mixed", "items": ["a"]})
    assert system.wait_for_end(owner, quick["id"], 10)["status"] == "completed"
    assert time.monotonic() - started < 2.0
    assert system.batch(owner, batch["id"])["processed"] == 0
    listener.close()


@ANY_DATABASE
def test_rooms_statistics_and_odd_packets(system: System) -> None:
    system.start_web()
    owner, admin = system.login("owner@example.org"), system.login("admin@example.org")
    listener, anonymous = system.connect(owner), system.connect(None)
    call = listener.client.call
    assert call("join-room", "dashboard")["success"]
    assert call("join-room", {"room": "chat"})["success"]
    assert anonymous.client.call("join-room", "dashboard")["success"]
    assert anonymous.client.call("join-room", "chat")["code"] == "forbidden"
    for odd in (None, 5, [], {}, {"room": 5}, "", "no spaces", "x" * 500, "batch:../..", "user:somebody"):
        assert call("join-room", odd)["success"] is False
    listener.client.emit("no-such-event", {"x": [1, 2]})
    wait_for(lambda: any(e["code"] == "unknown_event" for e in listener.of("error")), 5, "the error")
    listener.client.emit("ping")
    wait_for(lambda: listener.of("pong"), 5, "pong")

    stats = requests.get(f"{system.url}/api/ws/stats", timeout=5).json()
    assert (stats["totalConnections"], stats["authenticated"], stats["anonymous"]) == (2, 1, 1)
    assert stats["rooms"] == {"dashboard": 2, "chat": 1}
    seen_by_admin = admin.get(f"{system.url}/api/ws/stats", timeout=5).json()["rooms"]
    assert any(room.startswith("user:") for room in seen_by_admin)
    assert call("leave-room", "chat")["success"]
    wait_for(lambda: listener.of("room-left"), 5, "room-left")
    listener.close()
    anonymous.close()
    wait_for(
        lambda: requests.get(f"{system.url}/api/ws/stats", timeout=5).json()["totalConnections"] == 0,
        10,
        "the connections to be forgotten",
    )
    assert "Traceback" not in system.log("web")


@ANY_DATABASE
def test_a_bad_token_is_refused_and_says_why(system: System) -> None:
    system.start_web()
    client = Client(reconnection=False)
    messages: list[object] = []
    client.on("connect_error", messages.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(system.url, auth={"token": "nonsense"}, transports=["websocket"], wait_timeout=5)
    wait_for(lambda: messages, 5, "connect_error")
    assert "Authentication failed" in str(messages[0])


@ANY_DATABASE
def test_no_connection_is_compressed_even_if_it_offers_to_be(system: System) -> None:
    """It would cost three times the memory and twice the processor time."""
    system.start_web()
    url = system.url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    offer = ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"]
    raw = websocket.create_connection(url, header=offer, timeout=5)
    assert raw.recv().startswith("0{")
    assert "sec-websocket-extensions" not in (raw.getheaders() or {})
    raw.shutdown()


@ANY_DATABASE
def test_a_client_that_begins_with_polling_goes_on_with_a_websocket_and_misses_nothing(
    system: System,
) -> None:
    system.start_web()
    emitter = Emitter(system.environment["REDIS_URL"], system.environment["SOCKETIO_CHANNEL"])
    numbers: list[int] = []
    client = Client(reconnection=False)
    client.on("custom-event", lambda data: numbers.append(data["number"]))

    def emit() -> None:
        for number in range(1000):
            emitter.to_room("dashboard", "custom-event", {"number": number})
            time.sleep(0.001)

    emitting = threading.Thread(target=emit)
    emitting.start()
    client.connect(system.url, auth={"rooms": ["dashboard"]}, wait_timeout=5)
    assert client.transport() == "websocket"
    emitting.join()
    wait_for(lambda: 999 in numbers, 10, "the last event")
    assert min(numbers) < 500, "it came in too late to show anything"
    wait_for(lambda: len(numbers) >= 1000 - min(numbers), 5, "all since it came in")
    assert sorted(numbers) == list(range(min(numbers), 1000))
    client.disconnect()
    emitter.redis.close()
    assert "Traceback" not in system.log("web")
