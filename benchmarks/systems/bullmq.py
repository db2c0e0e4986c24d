"""BullMQ, in two Node processes; `bullmq.mjs` beside this file is what they run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from benchmarks.node import install_packages, node
from benchmarks.system import BUSY, NOOP, WORKER_PROCESSES, Place, System

SCRIPT = Path(__file__).with_suffix(".mjs")


class BullMq(System):
    """Jobs added in bulk, removed when they are done."""

    name, title = "bullmq", "BullMQ (Node)"
    promise = "a counter in Redis; no result; stalled jobs run again, so possibly twice"
    items: ClassVar[dict[str, int]] = {NOOP: 50_000, BUSY: 5_000}

    def check(self) -> None:
        """Installs it from the lock file."""
        install_packages()

    def workers(self, place: Place) -> list[list[str]]:
        """One script, twice."""
        return [[node(), str(SCRIPT), "worker"] for _ in range(WORKER_PROCESSES)]

    def producer(self, load: str, count: int) -> list[str]:
        """The same script."""
        return [node(), str(SCRIPT), "producer", load, str(count)]

    def sender(self, load: str, count: int) -> Callable[[], object]:
        """Is in the script."""
        raise NotImplementedError


SYSTEMS = [BullMq()]
