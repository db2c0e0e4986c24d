"""One suite over all servers that Flask-SocketIO can stand on."""

from __future__ import annotations

import json
import signal

import pytest
import socketio
import websocket

from tests.sockets import Client
from tests.system import System
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.parametrize("mode", ["eventlet", "gevent", "threading"]),
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]

WEB_LOOPS = {
    "chat",
    "dashboard",
    "feed",
    "graceful-stop",
    "listener",
    "monitor",
    "pings",
    "presence",
    "session-review",
}
WORKER_LOOPS = {"lease-heartbeat", "process-heartbeat", "recovery", "ticker"}


@pytest.fixture
def served(system: System, mode: str) -> System:
    """A system whose web process stands on that server."""
    system.environment["ASYNC_MODE"] = mode
    return system


def test_a_batch_is_seen_live_over_both_transports(served: System) -> None:
    served.start_web()
    served.start_worker()
    owner, other = served.login("owner@example.org"), served.login("other@example.org")
    mine = [served.connect(owner, transport) for transport in ("websocket", "polling")]
    theirs = served.connect(other)
    batch = served.create(owner, json={"operation": "sleep", "items": [0] * 60, "options": {"seconds": 0.02}})
    for listener in mine:
        wait_for(lambda one=listener: one.of("batch:complete", batch["id"]), 30, "the end")
        assert len(listener.of("batch:progress", batch["id"])) >= 3
    assert not any(name.startswith("batch:") for name, _ in theirs.events)
    assert "Traceback" not in served.log("web")


def test_rooms_replay_and_refusals(served: System) -> None:
    web = served.start_web()
    owner = served.login("owner@example.org")
    before = served.connect(owner, rooms=["chat"])
    (welcome,) = before.of("welcome")
    assert before.client.call("join-room", "user:somebody-else")["success"] is False
    before.close()
    batch = served.create(owner, json={"operation": "mixed", "items": ["a"]})
    speaker = served.connect(served.login("other@example.org"), rooms=["chat"])
    assert speaker.client.call("chat:message", {"text": "hello"})["success"]
    back = served.connect(owner, rooms=["chat"], last_event_id=welcome["lastEventId"])
    wait_for(lambda: back.of("recovered"), 10, "recovered")
    assert [name for name, data in back.events if data.get("eventId")] == ["batch:created", "chat:message"]
    assert back.of("batch:created")[0]["batchId"] == batch["id"]
    client = Client(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(served.url, auth={"token": "nonsense"}, transports=["websocket"], wait_timeout=5)
    web.send_signal(signal.SIGTERM)
    assert web.wait(15) == 0
    assert "Traceback" not in served.log("web")


def test_fifty_clients_at_once(served: System) -> None:
    served.start_web()
    owner = served.login("owner@example.org")
    token = str(owner.headers["Authorization"]).removeprefix("Bearer ")
    url = served.url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    clients = [websocket.create_connection(url, timeout=15) for _ in range(50)]
    for client in clients:
        client.send("40" + json.dumps({"token": token}))
    for client in clients:
        while not client.recv().startswith('42["welcome"'):
            pass
    batch = served.create(owner, json={"operation": "mixed", "items": ["a"]})
    for client in clients:
        while not (frame := client.recv()).startswith('42["batch:created"'):
            pass
        assert batch["id"] in frame
        client.shutdown()


def test_every_loop_of_every_process_runs_and_is_seen(served: System) -> None:
    served.start_web()
    served.start_worker()
    owner, admin = served.login("owner@example.org"), served.login("admin@example.org")

    def ran() -> dict[str, str]:
        loops = served.health()[1]["loops"]
        assert (loops["ok"], [one for one in loops["list"] if one["failures"]]) == (True, [])
        return {one["name"]: one["lastRunAt"] for one in loops["list"] if one["lastRunAt"]}

    def of_workers() -> set[str]:
        found = admin.get(f"{served.url}/api/admin/processes", timeout=10).json()["workers"]
        return {loop["name"] for one in found for loop in one["loops"] if loop["lastRunAt"]}

    wait_for(lambda: ran().keys() >= WEB_LOOPS, 20, "all loops of the web process")
    first = ran()
    wait_for(lambda: all(at > first[name] for name, at in ran().items()), 20, "all of them to go on")
    served.create(owner, json={"operation": "sleep", "items": [0] * 20, "options": {"seconds": 0.05}})
    wait_for(lambda: of_workers() >= WORKER_LOOPS, 20, "all loops of the workers")
