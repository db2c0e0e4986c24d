"""A Redis and a PostgreSQL of our own, on the loopback interface."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

from benchmarks.processes import running
from benchmarks.system import Unavailable
from local.ports import free_port
from local.redis_server import redis_command, wait_for_redis
from tests.servers import find_postgres, running_postgres


@contextmanager
def redis_server(directory: Path) -> Iterator[tuple[str, int]]:
    """A Redis that keeps nothing on disk; gives its URL and its process id."""
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    with running(redis_command(port, directory), directory / "redis.log") as process:
        wait_for_redis(url)
        yield url, process.pid


def check_postgres() -> None:
    """Does nothing where there is a PostgreSQL.

    Raises:
        Unavailable: There is none.
    """
    if find_postgres() is None:
        raise Unavailable("PostgreSQL is not installed")


@contextmanager
def postgres_server() -> Iterator[tuple[str, int]]:
    """An empty PostgreSQL with its default settings, fsync included; gives its URL and its process id."""
    with running_postgres(fsync=True) as url:
        with psycopg.connect(url) as connection:
            backend = psutil.Process(connection.info.backend_pid)
            pid = backend.ppid()
        yield url, pid
