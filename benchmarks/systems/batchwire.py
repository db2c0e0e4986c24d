"""Batchwire itself, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import ClassVar

from benchmarks.client import Client, batchwire_environment
from benchmarks.servers import check_postgres, postgres_server
from benchmarks.system import BUSY, NOOP, WORKER_PROCESSES, Place, System
from benchmarks.watching import BATCH_ID, BatchWatch, Watch

SETTINGS = ("APP_ENV", "REDIS_URL", "DATABASE_URL", "DATA_DIR", "OPERATION_MODULES")


class OnDatabase(System):
    """What runs on one of Batchwire's two databases."""

    def __init__(self, database: str) -> None:
        self.database = database

    def check(self) -> None:
        """PostgreSQL must be there."""
        if self.database == "PostgreSQL":
            check_postgres()

    @contextmanager
    def prepare(self, place: Place) -> Iterator[Place]:
        """A new database with the newest schema."""
        if self.database == "SQLite":
            yield _migrated(place, f"sqlite:///{place.directory / 'bench.db'}")
            return
        with postgres_server() as (url, pid):
            yield _migrated(replace(place, servers=(*place.servers, pid)), url)

    def watch(self, place: Place) -> AbstractContextManager[Watch]:
        """Ticks and the batch's row."""
        return BatchWatch(Client(place.environment))


class Batchwire(OnDatabase):
    """A batch with a source that counts."""

    items: ClassVar[dict[str, int]] = {NOOP: 100_000, BUSY: 5_000}
    promise = "a row per item with outcome, result, error and duration, exactly once; counters and ticks"

    def __init__(self, database: str) -> None:
        super().__init__(database)
        self.name = f"batchwire-{database.lower()}"
        self.title = f"Batchwire, {database}"

    def workers(self, place: Place) -> list[list[str]]:
        """The worker that the Procfile starts, with two processes."""
        command = [sys.executable, "-m", "celery", "--quiet", "-A", "tasks.app", "worker", "-n", "bench@%h"]
        return [[*command, "--concurrency", str(WORKER_PROCESSES), "--loglevel", "warning"]]

    def sender(self, load: str, count: int) -> Callable[[], object]:
        """Creates the batch as the HTTP API does, in a process that has created one before."""
        client = connect_as_producer()
        user_id = client.add_user()
        client.wait_for_end(client.start(user_id, "benchmark-noop", count=1))
        return lambda: client.redis.set(BATCH_ID, client.start(user_id, f"benchmark-{load}", count=count))


def connect_as_producer() -> Client:
    """A client of the place whose settings this process was started with."""
    return Client({name: os.environ[name] for name in SETTINGS})


def _migrated(place: Place, database_url: str) -> Place:
    environment = batchwire_environment(place.redis_url, database_url, place.directory)
    client = Client(environment)
    client.migrate()
    client.close()
    return replace(place, environment=place.environment | environment)


SYSTEMS = [Batchwire("SQLite"), Batchwire("PostgreSQL")]
