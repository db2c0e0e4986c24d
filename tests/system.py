"""A running Batchwire for tests: real web and worker processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import requests
from redis import Redis
from sqlalchemy import func, select

from realtime.publish import heartbeats
from settings import ROOT
from store.database import Database
from store.ids import new_id
from store.tables import chunks
from tests.ports import own_port
from tests.sockets import Client
from tests.waiting import wait_for

PASSWORD = "a password for tests"
SECRET = "a secret that only the tests know, long enough"
OPERATION_MODULES = "tests.operations,tests.fault_operations"

# No test says how fast a process starts, and several may start at once.
START_SECONDS = 60
# Set for the processes that tests start while coverage is measured, and how long each may then take to end.
COVERAGE, STOP_SECONDS = "COVERAGE_PROCESS_CONFIG", 10


def environment_of(redis_url: str, database_url: str, data_dir: Path, **more: str) -> dict[str, str]:
    """The settings of processes that hear nobody but each other, and let everybody in as often as they like.

    Args:
        more: Settings of the test's own, by the names of their environment variables.
    """
    return {
        "APP_ENV": "test",
        "JWT_SECRET": SECRET,
        "REDIS_URL": redis_url,
        "SOCKETIO_CHANNEL": f"test-{new_id()}",
        "DATABASE_URL": database_url,
        "DATA_DIR": str(data_dir),
        "OPERATION_MODULES": OPERATION_MODULES,
        "LOGINS_PER_MINUTE": "1000",
        "BATCHES_PER_MINUTE": "1000",
        **more,
    }


class System:
    """Starts processes against one database and one Redis, and ends them."""

    def __init__(self, environment: dict[str, str], logs: Path) -> None:
        self.port = own_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, **environment, "PORT": str(self.port), "PYTHONPATH": str(ROOT)}
        self.logs = logs
        self.processes: list[subprocess.Popen[bytes]] = []
        self._sessions: list[requests.Session] = []
        self._listeners: list[Listener] = []

    def start_web(self) -> subprocess.Popen[bytes]:
        """Starts the web process and waits until it answers."""
        process = self._start("web", [sys.executable, "-m", "webapp"])
        wait_for(self._answers, START_SECONDS, "the web process")
        return process

    def start_worker(self, *, wait: bool = True) -> subprocess.Popen[bytes]:
        """Starts a worker with two pool processes and waits until it is counted, unless told not to."""
        number = len(self.processes)
        command = [sys.executable, "-m", "celery", "-A", "tasks.app", "worker", "-n", f"w{number}@test"]
        process = self._start(f"worker-{number}", [*command, "--concurrency", "2", "--loglevel", "warning"])
        if wait:
            wait_for(lambda: self._says_alive(process), START_SECONDS, "the worker")
        return process

    def stop(self) -> None:
        """Closes all connections and ends all processes with their children."""
        for listener in self._listeners:
            listener.close()
        for session in self._sessions:
            session.close()
        for process in self.processes:
            if COVERAGE in os.environ and process.poll() is None:
                # It writes down what it has reached.
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(STOP_SECONDS)
            kill_group(process, signal.SIGKILL)
        for process in self.processes:
            process.wait()

    def login(self, email: str) -> requests.Session:
        """A session that sends the user's token."""
        answer = requests.post(
            f"{self.url}/api/auth/login", json={"email": email, "password": PASSWORD}, timeout=10
        ).json()
        session = requests.Session()
        self._sessions.append(session)
        session.headers["Authorization"] = f"Bearer {answer['token']}"
        return session

    def create(self, session: requests.Session, **arguments: Any) -> dict[str, Any]:
        """Starts a batch and returns its first state."""
        response = session.post(f"{self.url}/api/batch/create", timeout=30, **arguments)
        assert response.status_code == 201, response.text
        batch: dict[str, Any] = response.json()["batch"]
        return batch

    def batch(self, session: requests.Session, batch_id: str) -> dict[str, Any]:
        """The state of a batch."""
        state: dict[str, Any] = session.get(f"{self.url}/api/batch/{batch_id}", timeout=10).json()["batch"]
        return state

    def wait_for_end(self, session: requests.Session, batch_id: str, seconds: float = 60) -> dict[str, Any]:
        """The last state of a batch."""
        ended = ("completed", "failed", "cancelled")
        wait_for(lambda: self.batch(session, batch_id)["status"] in ended, seconds, f"the end of {batch_id}")
        return self.batch(session, batch_id)

    def health(self) -> tuple[int, dict[str, Any]]:
        """Status and body of `/api/health`."""
        response = requests.get(f"{self.url}/api/health", timeout=10)
        return response.status_code, response.json()

    def connect(
        self,
        session: requests.Session | None,
        transport: str = "websocket",
        last_event_id: int | None = None,
        rooms: Sequence[str] = (),
    ) -> Listener:
        """A Socket.IO client that keeps all events.

        Args:
            last_event_id: The last that it got on an earlier connection.
            rooms: What it joins at once.
        """
        auth: dict[str, Any] = {"lastEventId": last_event_id, "rooms": list(rooms)}
        if session:
            auth["token"] = session.headers["Authorization"].removeprefix("Bearer ")
        self._listeners.append(Listener(self.url, auth, transport))
        return self._listeners[-1]

    def log(self, name: str) -> str:
        """What a process has printed."""
        return (self.logs / f"{name}.log").read_text()

    def _start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.processes.append(process)
        return process

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/api/health", timeout=2).status_code in (200, 503)
        except requests.ConnectionError:
            return False

    def _says_alive(self, worker: subprocess.Popen[bytes]) -> bool:
        """Whether each process of a worker's pool does; those of a worker that has just died still count."""
        with Redis.from_url(self.environment["REDIS_URL"]) as redis:
            alive = heartbeats.alive(redis, self.environment["SOCKETIO_CHANNEL"], "worker")
        return len({state["pid"] for state in alive.values()} & set(children(worker))) == 2


class Listener:
    """A python-socketio client that remembers what it was sent."""

    def __init__(self, url: str, auth: dict[str, Any], transport: str) -> None:
        self.events: list[tuple[str, Any]] = []
        self.client = Client(reconnection=False)
        self.client.on("*", lambda event, *data: self.events.append((event, data[0] if data else None)))
        self.client.connect(url, auth=auth, transports=[transport], wait_timeout=10)
        wait_for(lambda: self.of("welcome"), 5, "welcome")

    def of(self, name: str, batch_id: str | None = None) -> list[Any]:
        """The payloads of one event, in order."""
        return [
            data
            for event, data in list(self.events)
            if event == name and (batch_id is None or data.get("batchId") == batch_id)
        ]

    def close(self) -> None:
        """Disconnects."""
        self.client.disconnect()


def in_hand(database: Database, batch_id: str) -> int:
    """How many processes have items of a batch in hand."""
    leased = select(func.count()).where(chunks.c.batch_id == batch_id, chunks.c.state == "leased")
    with database.read() as connection:
        return int(connection.execute(leased.where(chunks.c.kind == "items")).scalar_one())


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """The ids of a process's children, such as the pool processes of a worker."""
    tasks = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return sorted(int(child) for child in tasks.read_text().split())


def kill_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signals a process and all its children."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
