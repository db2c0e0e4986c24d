"""The contract: what the comparison needs to know of a server that relays events from Redis to clients."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.system import Place

# The one room that everybody may join without a token.
ROOM = "dashboard"
EVENT = "bench:tick"


class Relay(ABC):
    """A web process that hears of events over Redis.

    Attributes:
        name: What `--only` calls it.
        title: What the tables call it.
    """

    name: str
    title: str

    def check(self) -> None:  # noqa: B027 (most have nothing to check)
        """Installs what can be installed.

        Raises:
            Unavailable: It cannot run here.
        """

    @contextmanager
    def prepare(self, place: Place) -> Iterator[Place]:
        """What lasts as long as the server. Gives the place with what is added to it."""
        yield place

    @abstractmethod
    def server(self, port: int) -> list[str]:
        """The command of the server: one process that does all the relaying."""

    @abstractmethod
    def emitter(self) -> list[str]:
        """The command of a process that emits as a worker does.

        It prints `ready`; for each line "COUNT PAUSE_MS" on its input it sends so many events to `ROOM`,
        whose `sentNs` is the monotonic clock in nanoseconds.
        """

    @abstractmethod
    def record(self, place: Place, room: str | None, data: dict[str, Any]) -> tuple[bytes, bytes]:
        """Channel and message of one event in Redis, as the system's own emitter forms it."""
