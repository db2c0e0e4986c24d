"""A Batchwire with a worker of two processes, for the benchmarks that look at nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.client import Client
from benchmarks.processes import running, wait_until_idle
from benchmarks.servers import redis_server
from benchmarks.system import Place
from benchmarks.systems.batchwire import Batchwire

WARM_UP_ITEMS = 1_000
WARM_UP_SECONDS = 30


@dataclass(frozen=True)
class Instance:
    """What is running.

    Attributes:
        environment: For further clients.
        worker_pid: The worker's main process; its pool processes are its children.
    """

    client: Client
    environment: dict[str, str]
    worker_pid: int


@contextmanager
def running_batchwire(directory: Path, database: str) -> Iterator[Instance]:
    """Redis, database and worker, warm and at rest."""
    system = Batchwire(database)
    with redis_server(directory) as (url, pid):
        empty = Place(directory, url, {"REDIS_URL": url}, (pid,))
        with system.prepare(empty) as place:
            client = Client(place.environment)
            with running(system.workers(place)[0], directory / "worker.log", place.environment) as worker:
                _warm_up(client)
                wait_until_idle([worker.pid])
                yield Instance(client, place.environment, worker.pid)
            client.close()


def _warm_up(client: Client) -> None:
    batch_id = client.start(client.add_user(), "benchmark-noop", count=WARM_UP_ITEMS)
    deadline = time.monotonic() + WARM_UP_SECONDS
    while not client.batches.get(batch_id).is_terminal:
        if time.monotonic() > deadline:
            raise TimeoutError("the worker does not begin")
        time.sleep(0.05)
