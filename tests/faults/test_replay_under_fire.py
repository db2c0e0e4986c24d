"""Connections, web processes and Redis are cut at random; each client still sees every end once, in order."""

from __future__ import annotations

import gc
import json
import random
import signal
import subprocess
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests
from redis import Redis

from local.node import node_environment
from local.ui import install
from settings import ROOT
from tests.servers import Cable
from tests.sockets import Client
from tests.system import System, kill_group
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.timeout(300),
    # python-socketio's client lets go of a connection that fell silent without closing it.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

BATCHES = 50
ENDS = ("batch:complete", "batch:error", "batch:cancelled")
CLIENT = Path(__file__).parents[1] / "integration" / "client.mjs"


class JavaScriptClient:
    """The official client in a process of its own."""

    def __init__(self, url: str, token: str) -> None:
        modules = ROOT / "frontend" / "package.json"
        self.events: list[dict[str, Any]] = []
        self._process = subprocess.Popen(
            ["node", CLIENT, modules, url, token], stdout=subprocess.PIPE, text=True, env=node_environment()
        )
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        wait_for(lambda: self.events, 20, "welcome")

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.events.append(json.loads(line))

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()
        assert self._process.stdout
        self._process.stdout.close()


class PythonClient:
    """python-socketio's client, which comes back by itself too.

    It calls each handler in a thread of its own, so that events may overtake each other on their last steps;
    whoever minds sorts by `eventId`, as is done here.
    """

    def __init__(self, url: str, token: str) -> None:
        self.events: list[dict[str, Any]] = []
        self.last_event_id: int | None = None
        self._token = token
        self._url = url
        self.client = Client(reconnection_delay=0.1, reconnection_delay_max=0.5)
        self.client.on("*", self._take)
        self.connect()
        wait_for(lambda: self.events, 10, "welcome")

    def connect(self) -> None:
        self.client.connect(self._url, auth=self._auth, transports=["websocket"], retry=True)

    def _auth(self) -> dict[str, Any]:
        return {"token": self._token, "lastEventId": self.last_event_id}

    def _take(self, event: str, data: Any = None) -> None:
        if event in ("welcome", "recovered"):
            if self.last_event_id is None or event == "recovered":
                self.last_event_id = max(self.last_event_id or 0, data["lastEventId"])
            self.events.append({"event": event})
        elif isinstance(data, dict) and data.get("eventId"):
            self.last_event_id = max(self.last_event_id or 0, data["eventId"])
            self.events.append({"event": event, "batchId": data["batchId"], "eventId": data["eventId"]})

    def close(self) -> None:
        self.client.shutdown()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@pytest.fixture
def closing() -> Iterator[Callable[[Any], Any]]:
    """Closes at the end what it is given."""
    given: list[Any] = []

    def keep(one: Any) -> Any:
        given.append(one)
        return one

    yield keep
    for one in given:
        one.close()


def test_every_end_is_seen_once_and_in_order_whatever_is_cut(
    system: System, closing: Callable[[Any], Any]
) -> None:
    install(ROOT / "frontend")
    system.environment |= {"SOCKET_PING_SECONDS": "1", "ACCESS_TOKEN_SECONDS": "3600"}
    webs = [system.start_web()]
    system.start_worker()
    owner = system.login("owner@example.org")
    token = str(owner.headers["Authorization"]).removeprefix("Bearer ")
    cable = closing(Cable(system.port))
    clients = [
        closing(JavaScriptClient(system.url, token)),
        closing(JavaScriptClient(f"http://127.0.0.1:{cable.port}", token)),
        closing(PythonClient(f"http://127.0.0.1:{cable.port}", token)),
    ]
    away = closing(PythonClient(system.url, token))
    away.client.disconnect()
    redis = closing(Redis.from_url(system.environment["REDIS_URL"]))

    def replace_web() -> None:
        kill_group(webs[-1], signal.SIGKILL)
        webs[-1].wait()
        time.sleep(chance.random())
        webs.append(system.start_web())

    def deafen() -> None:
        redis.client_kill_filter(_type="pubsub")

    chance = random.Random(4)
    faults = [replace_web, cable.cut, deafen, cable.cut, replace_web, redis.flushdb, cable.cut, replace_web]
    started: list[str] = []
    while len(started) < BATCHES:
        if started and len(started) % 6 == 0 and faults:
            faults.pop(0)()
        batch = start(system, owner, f"number {len(started)}", items=chance.randrange(1, 60))
        started.append(batch["id"])
        if chance.random() < 0.1:
            with suppress(requests.ConnectionError):
                owner.post(f"{system.url}/api/batch/{batch['id']}/cancel", timeout=10)
        time.sleep(chance.random() * 0.4)
    assert faults == []
    for batch_id in started:
        system.wait_for_end(owner, batch_id, 60)
    away.connect()

    for client in (*clients, away):
        wait_for(lambda one=client: len(ends(one)) >= BATCHES, 30, "every end")
    # Whatever comes twice comes before this.
    started.append(start(system, owner, "the last", items=1)["id"])
    for client in (*clients, away):
        wait_for(lambda one=client: started[-1] in ends(one), 30, "the last end")
    for client in (*clients, away):
        assert sorted(ends(client)) == sorted(started)
        numbers = [one["eventId"] for one in client.events if "eventId" in one]
        if isinstance(client, PythonClient):
            numbers.sort()
        assert numbers == sorted(set(numbers))
    assert [sum(one["event"] == "recovered" for one in client.events) >= 2 for client in clients] == [
        True
    ] * 3


def start(system: System, owner: requests.Session, name: str, items: int) -> dict[str, Any]:
    """Starts a batch, again under the same key where the server was away."""
    body = {"operation": "mixed", "items": ["a"] * items, "name": name}
    response = None

    def created() -> bool:
        nonlocal response
        try:
            headers = {"Idempotency-Key": name}
            response = owner.post(f"{system.url}/api/batch/create", json=body, headers=headers, timeout=10)
        except requests.ConnectionError:
            return False
        return response.ok

    wait_for(created, 20, "the batch to be created")
    assert response is not None
    batch: dict[str, Any] = response.json()["batch"]
    return batch


def ends(client: Any) -> list[str]:
    """The batches whose end a client saw, as often as it did."""
    return [one["batchId"] for one in list(client.events) if one["event"] in ENDS]
