"""Dramatiq over Redis."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import ClassVar

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from benchmarks.system import BUSY, NOOP, WORKER_PROCESSES, Place, System
from benchmarks.work import REDIS_URL, work_and_count

broker = RedisBroker(url=REDIS_URL)
dramatiq.set_broker(broker)


@dramatiq.actor
def item(load: str) -> None:
    """An item that counts itself."""
    work_and_count(load)


class Dramatiq(System):
    """Two processes with its default of eight threads each, which is its fastest here."""

    name, title = "dramatiq", "Dramatiq"
    promise = "a counter in Redis; no result; acknowledged late, retried on failure, so possibly done twice"
    items: ClassVar[dict[str, int]] = {NOOP: 5_000, BUSY: 5_000}

    def workers(self, place: Place) -> list[list[str]]:
        """Its own command, which forks the two."""
        command = [sys.executable, "-m", "dramatiq", "benchmarks.systems.dramatiq"]
        return [[*command, "--processes", str(WORKER_PROCESSES)]]

    def sender(self, load: str, count: int) -> Callable[[], object]:
        """One message after the other: it has no bulk enqueue."""

        def send() -> None:
            for _ in range(count):
                item.send(load)

        return send


SYSTEMS = [Dramatiq()]
