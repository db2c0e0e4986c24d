"""The database is away or locked in the middle of a batch: nobody hangs, and the batch goes on by itself."""

from __future__ import annotations

import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import requests
import socketio
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from store.database import Database, is_away
from tests.faults.scene import Scene
from tests.servers import PostgresServer
from tests.sockets import Client
from tests.system import PASSWORD, System
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(150)

AWAY_SECONDS = 20
REQUEST_SECONDS = 5
UNTOUCHED_SECONDS = 1


@pytest.fixture
def scene(system: System, database: Database) -> Scene:
    return Scene(system, database)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """In this module each test has a database server of its own."""
    if "postgres_server" in request.fixturenames:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        return server.url.replace("postgresql://", "postgresql+psycopg://")
    return str(request.getfixturevalue("sqlite_url"))


def answers(scene: Scene, method: str, path: str, **options: object) -> tuple[requests.Response, float]:
    """An HTTP answer, and how many seconds it took."""
    started = time.monotonic()
    response = scene.owner.request(method, f"{scene.system.url}{path}", timeout=30, **options)
    return response, time.monotonic() - started


def check_turned_away(response: requests.Response, seconds: float) -> None:
    """It was told in time, in words and for programs that it may come again."""
    assert seconds < REQUEST_SECONDS
    assert response.status_code == 503, response.text
    body = response.json()
    assert body["success"] is False
    assert "database" in body["error"]
    assert int(response.headers["Retry-After"]) == body["details"]["retryAfterSeconds"] > 0


SMALL = {"operation": "sleep", "items": [1, 2, 3], "options": {"seconds": 0}}


def test_a_batch_outlives_a_crash_of_postgresql(postgres_server: PostgresServer, scene: Scene) -> None:
    batch = scene.start(5000, 0.004)
    wait_for(lambda: scene.processed(batch) > 500, 30, "the first results")
    postgres_server.crash()
    back = time.monotonic() + AWAY_SECONDS
    wait_for(lambda: scene.system.health()[0] == 503, 5, "health to notice")
    longest = 0.0
    while time.monotonic() < back:
        health = scene.system.health()
        assert (health[0], health[1]["database"]["ok"], health[1]["redis"]["ok"]) == (503, False, True)
        for method, path, options in (
            ("GET", f"/api/batch/{batch['id']}", {}),
            ("POST", "/api/batch/create", {"json": SMALL}),
            ("POST", "/api/auth/login", {"json": {"email": "owner@example.org", "password": PASSWORD}}),
        ):
            response, seconds = answers(scene, method, path, **options)
            check_turned_away(response, seconds)
            longest = max(longest, seconds)
        check_socket_is_refused(scene)
        assert scene.listener.client.connected
        time.sleep(1)
    postgres_server.start()
    returned = time.monotonic()
    wait_for(lambda: scene.system.health()[0] == 200, 10, "health to recover")
    scene.check_end(batch)
    print(f"longest answer {longest:.2f} s; done {time.monotonic() - returned:.1f} s after")
    # Both processes keep what they have in hand. Only a commit whose answer was lost has to be taken over.
    assert scene.system.batch(scene.owner, batch["id"])["recoveries"] <= 1
    scene.check_end(scene.start(100), seconds=15)
    assert "Traceback" not in scene.system.log("worker-1")


def check_socket_is_refused(scene: Scene) -> None:
    """What a client has missed is not known, so that it must not believe itself up to date."""
    client = Client(reconnection=False)
    reasons: list[object] = []
    client.on("connect_error", reasons.append)
    token = scene.owner.headers["Authorization"].removeprefix("Bearer ")
    auth = {"token": token, "lastEventId": 0}
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(scene.system.url, auth=auth, transports=["websocket"], wait_timeout=REQUEST_SECONDS)
    wait_for(lambda: reasons, 5, "connect_error")
    assert "try again" in str(reasons[0])


@pytest.fixture
def lock(sqlite_url: str) -> Iterator[Callable[[], sqlite3.Connection]]:
    """Takes the write lock, as a backup or a long transaction of another program would."""
    connections: list[sqlite3.Connection] = []

    def take() -> sqlite3.Connection:
        path = sqlite_url.removeprefix("sqlite:///")
        connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        connections.append(connection)
        connection.execute("BEGIN IMMEDIATE")
        return connection

    yield take
    for connection in connections:
        connection.close()


@pytest.mark.alone
def test_a_batch_outlives_that_sqlite_is_locked(scene: Scene, lock: Callable[[], sqlite3.Connection]) -> None:
    batch = scene.start(3000, 0.004)
    wait_for(lambda: scene.processed(batch) > 300, 30, "the first results")
    holder = lock()
    back = time.monotonic() + AWAY_SECONDS
    while time.monotonic() < back:
        written: list[tuple[requests.Response, float]] = []
        writer = threading.Thread(
            target=lambda into=written: into.append(answers(scene, "POST", "/api/batch/create", json=SMALL))
        )
        writer.start()
        # While one request waits for the lock, others that only read are answered as ever.
        while writer.is_alive():
            started = time.monotonic()
            assert scene.system.health()[0] == 200
            assert scene.processed(batch) > 0
            assert time.monotonic() - started < UNTOUCHED_SECONDS
            writer.join(0.2)
        check_turned_away(*written[0])
        scene.system.connect(scene.owner).close()
    holder.rollback()
    returned = time.monotonic()
    scene.check_end(batch)
    assert scene.system.batch(scene.owner, batch["id"])["recoveries"] == 0, (
        "the processes keep what they have in hand"
    )
    print(f"done {time.monotonic() - returned:.1f} s after")
    scene.check_end(scene.start(100), seconds=15)
    assert "Traceback" not in scene.system.log("worker-1")


def test_a_database_server_that_does_not_answer_is_given_up() -> None:
    """As one behind a firewall that drops packets: it takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = Database(f"postgresql+psycopg://nobody@127.0.0.1:{silent.getsockname()[1]}/none")
        started = time.monotonic()
        with pytest.raises(OperationalError) as raised, database.read():
            pass
        assert time.monotonic() - started < REQUEST_SECONDS
        assert is_away(raised.value)


def test_what_is_wrong_with_a_statement_does_not_count_as_away(database: Database) -> None:
    with pytest.raises(SQLAlchemyError) as raised, database.read() as connection:
        connection.execute(text("SELECT * FROM there_is_no_such_table"))
    assert not is_away(raised.value)
