"""BullMQ, in two Node processes; `bullmq.mjs` beside this file is what they run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from benchmarks.system import BUSY, NOOP, WORKER_PROCESSES, Place, System, Unavailable
from local.node import node_environment
from local.ui import install

SCRIPT = Path(__file__).with_suffix(".mjs")
FOLDER = Path(__file__).parents[1]


class BullMq(System):
    """Jobs added in bulk, removed when they are done."""

    name, title = "bullmq", "BullMQ (Node)"
    promise = "a counter in Redis; no result; stalled jobs run again, so possibly twice"
    items: ClassVar[dict[str, int]] = {NOOP: 50_000, BUSY: 5_000}

    def check(self) -> None:
        """Installs it from the lock file."""
        try:
            install(FOLDER)
        except RuntimeError as error:
            raise Unavailable(str(error)) from error

    def workers(self, place: Place) -> list[list[str]]:
        """One script, twice."""
        return [[_node(), str(SCRIPT), "worker"] for _ in range(WORKER_PROCESSES)]

    def producer(self, load: str, count: int) -> list[str]:
        """The same script."""
        return [_node(), str(SCRIPT), "producer", load, str(count)]

    def sender(self, load: str, count: int) -> Callable[[], object]:
        """Is in the script."""
        raise NotImplementedError


def _node() -> str:
    node = shutil.which("node", path=node_environment()["PATH"])
    assert node is not None  # `check` has used it.
    return node


SYSTEMS = [BullMq()]
