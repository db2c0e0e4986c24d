"""Huey over Redis."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import ClassVar

from huey import RedisHuey

from benchmarks.system import BUSY, NOOP, WORKER_PROCESSES, Place, System
from benchmarks.work import REDIS_URL, work_and_count

queue = RedisHuey("bench", url=REDIS_URL, results=False)


@queue.task()
def item(load: str) -> None:
    """An item that counts itself."""
    work_and_count(load)


class Huey(System):
    """Two worker processes of one consumer."""

    name, title = "huey", "Huey"
    promise = "a counter in Redis; no result; what a killed worker was running is lost"
    items: ClassVar[dict[str, int]] = {NOOP: 10_000, BUSY: 5_000}

    def workers(self, place: Place) -> list[list[str]]:
        """Its consumer, without a log line per task."""
        command = [sys.executable, "-m", "huey.bin.huey_consumer", "benchmarks.systems.huey.queue"]
        return [[*command, "-w", str(WORKER_PROCESSES), "-k", "process", "--quiet"]]

    def sender(self, load: str, count: int) -> Callable[[], object]:
        """One message after the other."""

        def send() -> None:
            for _ in range(count):
                item(load)

        return send


SYSTEMS = [Huey()]
