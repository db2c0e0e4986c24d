"""SIGTERM: a web process hands its clients over and finishes what it has in hand; a worker gives back."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from sqlalchemy import select

from local.ui import install
from settings import ROOT
from store.database import Database
from store.tables import batches, chunks
from tests.faults import test_replay_under_fire as under_fire
from tests.faults.test_replay_under_fire import JavaScriptClient, PythonClient, ends
from tests.system import PASSWORD, Listener, System
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.timeout(180),
    # python-socketio's client lets go of a connection that its server closed without closing it.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

closing = under_fire.closing
# With this a request is answered by a first word as soon as it is in hand, and its body is being read.
SAY_WHEN_READ, GO_ON = "Expect: 100-continue", b"HTTP/1.1 100 Continue\r\n\r\n"


def told(client: Any) -> list[str]:
    """The batches whose end a client was notified of, as often as it was."""
    return [one["batchId"] for one in list(client.events) if one["event"] == "system:notification"]


def status(database: Database, batch: dict[str, Any]) -> str:
    """How things stand with a batch, where no web process can tell."""
    with database.read() as connection:
        found = select(batches.c.status).where(batches.c.id == batch["id"])
        return str(connection.execute(found).scalar_one())


@ONE_DATABASE
def test_a_web_process_is_replaced_in_the_middle_of_batches_and_clients_see_every_end_once(
    system: System, database: Database, closing: Callable[[Any], Any]
) -> None:
    install(ROOT / "frontend")
    web = system.start_web()
    system.start_worker()
    owner = system.login("owner@example.org")
    token = str(owner.headers["Authorization"]).removeprefix("Bearer ")
    clients = [closing(JavaScriptClient(system.url, token)), closing(PythonClient(system.url, token))]
    listener = system.connect(owner)
    body = {"operation": "sleep", "options": {"seconds": 0.05}}
    short = system.create(owner, json=body | {"items": [0] * 20})
    long = system.create(owner, json=body | {"items": [0] * 100})
    wait_for(lambda: system.batch(owner, long["id"])["processed"] > 0, 20, "the first results")

    web.send_signal(signal.SIGTERM)
    assert web.wait(15) == 0
    (goodbye,) = listener.of("system:shutdown")
    assert set(goodbye) == {"message", "timestamp"}
    assert "Traceback" not in system.log("web")
    let_go(listener)
    wait_for(lambda: status(database, short) == "completed", 20, "the short one to end while nobody listens")
    system.start_web()
    for batch in (short, long):
        assert system.wait_for_end(owner, batch["id"])["status"] == "completed"
    for client in clients:
        wait_for(lambda one=client: len(ends(one)) >= 2, 20, "the ends")
    # Whatever came twice came before this.
    last = system.create(owner, json=body | {"items": [0]})
    for client in clients:
        wait_for(lambda one=client: last["id"] in ends(one), 20, "the last end")
        wait_for(lambda one=client: last["id"] in told(one), 20, "the notification of the last end")
        assert sorted(ends(client)) == sorted(batch["id"] for batch in (short, long, last))
        assert sorted(told(client)) == sorted(ends(client))


@ONE_DATABASE
def test_a_request_in_hand_is_answered_and_no_other_is_let_in(system: System) -> None:
    web = system.start_web()
    body = json.dumps({"email": "owner@example.org", "password": PASSWORD}).encode()
    head = f"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
    head += f"Content-Type: application/json\r\nConnection: close\r\n{SAY_WHEN_READ}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", system.port), timeout=20) as slow:
        slow.sendall(head.encode())
        assert slow.recv(65536) == GO_ON
        slow.sendall(body[:10])
        web.send_signal(signal.SIGTERM)
        wait_for(lambda: not answers(system), 5, "the closed entrance")
        assert web.poll() is None
        slow.sendall(body[10:])
        answer = b"".join(iter(lambda: slow.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
    assert web.wait(5) == 0


@ONE_DATABASE
def test_a_request_that_does_not_end_holds_nobody_up_for_ever(system: System) -> None:
    system.environment["SHUTDOWN_SECONDS"] = "1"
    web = system.start_web()
    with socket.create_connection(("127.0.0.1", system.port), timeout=20) as stuck:
        head = b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        stuck.sendall(head + f"Content-Length: 100\r\n{SAY_WHEN_READ}\r\n\r\n".encode())
        assert stuck.recv(65536) == GO_ON
        web.send_signal(signal.SIGTERM)
        assert web.wait(6) == 0
    assert "did not end in time" in system.log("web")


@ONE_DATABASE
@pytest.mark.parametrize("mode", ["threading"])
def test_other_servers_stop_gracefully_too(system: System, mode: str) -> None:
    system.environment["ASYNC_MODE"] = mode
    web = system.start_web()
    listener = system.connect(system.login("owner@example.org"))
    web.send_signal(signal.SIGTERM)
    assert web.wait(10) == 0
    assert len(listener.of("system:shutdown")) == 1
    let_go(listener)


@ONE_DATABASE
def test_a_worker_that_is_told_to_stop_gives_back_what_it_has_in_hand(
    system: System, database: Database
) -> None:
    system.start_web()
    worker = system.start_worker()
    owner = system.login("owner@example.org")
    batch = system.create(owner, json={"operation": "obedient", "items": ["a", "b"]})

    def in_work() -> set[str]:
        with database.read() as connection:
            query = select(chunks.c.worker).where(chunks.c.state == "leased")
            return set(connection.execute(query).scalars())

    wait_for(lambda: len(in_work()) == 2, 20, "both items in work")
    before = in_work()
    other = system.start_worker()
    asked = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    print(f"the worker ended {time.monotonic() - asked:.1f} s after it was told to")
    wait_for(lambda: len(in_work() - before) == 2, 20, "both items at the other worker")
    state = system.batch(owner, batch["id"])
    assert (state["status"], state["processed"], state["recoveries"]) == ("running", 0, 0)
    assert owner.post(f"{system.url}/api/batch/{batch['id']}/cancel", timeout=10).ok
    wait_for(lambda: not in_work(), 10, "the end of what was in hand")
    assert other.poll() is None


def let_go(listener: Listener) -> None:
    """Closes what python-socketio leaves open when its server ends the connection."""
    wait_for(lambda: not listener.client.connected, 5, "the disconnection")
    listener.client.eio.ws.shutdown()


def answers(system: System) -> bool:
    try:
        requests.get(f"{system.url}/api/system/status", timeout=2)
    except requests.ConnectionError:
        return False
    return True
