"""The contract: what the comparison needs to know of a system that runs many small items."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from benchmarks.watching import CounterWatch, Watch

NOOP, BUSY = "noop", "busy"
LOADS = (NOOP, BUSY)
WORKER_PROCESSES = 2


class Unavailable(Exception):
    """This machine lacks what the system needs; the message says what."""


@dataclass(frozen=True)
class Place:
    """What a system runs in for one round; nobody else uses it at that time.

    Attributes:
        directory: For files; empty at first.
        environment: What the processes get on top of our own environment.
        servers: Process ids of Redis and PostgreSQL, whose CPU time is a figure of its own.
    """

    directory: Path
    redis_url: str
    environment: dict[str, str] = field(default_factory=dict)
    servers: tuple[int, ...] = ()


class System(ABC):
    """One way to run many small items with two worker processes.

    Attributes:
        name: What `--only` calls it.
        title: What the tables call it.
        promise: What it keeps of each item in the configuration measured here, in a few words.
        items: How many items to run of each load; a load that is not named is left out.
    """

    name: str
    title: str
    promise: str
    items: ClassVar[dict[str, int]]

    def check(self) -> None:  # noqa: B027 (most systems have nothing to check)
        """Installs what can be installed.

        Raises:
            Unavailable: The system cannot run here.
        """

    @contextmanager
    def prepare(self, place: Place) -> Iterator[Place]:
        """What lasts as long as the workers: a database, for example. Gives the place with it added."""
        yield place

    @abstractmethod
    def workers(self, place: Place) -> list[list[str]]:
        """The commands of the workers: two processes that do items, in all."""

    @abstractmethod
    def sender(self, load: str, count: int) -> Callable[[], object]:
        """Called in a producer process: gets ready, and returns the function that sends all items."""

    def producer(self, load: str, count: int) -> list[str]:
        """The command of the producer; `benchmarks.producer` says how it talks."""
        module = type(self).__module__
        return [sys.executable, "-m", "benchmarks.producer", module, self.name, load, str(count)]

    def watch(self, place: Place) -> AbstractContextManager[Watch]:
        """Sees how many items of a run are done; opened before the run starts."""
        return CounterWatch(place.redis_url)
