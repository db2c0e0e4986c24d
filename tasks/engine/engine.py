"""What every part of the engine needs, made once per process."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from errors import InvalidInput
from realtime.publish.emitter import Emitter
from realtime.publish.notifications import Notifier
from realtime.publish.ticker import Ticker
from settings import Settings
from store.database import Database
from supervisor import Supervisor
from tasks.engine.heartbeat import LeaseHeartbeat
from tasks.engine.maintenance import Maintenance
from tasks.operation import Operation, discover

# The turn of a last tick comes sooner, unless Redis is away; then the outbox has to do.
FLUSH_SECONDS = 1.0

Publish = Callable[[Sequence[int], int], None]


@dataclass
class Engine:
    """The settings, the connections and the operations of one process.

    Attributes:
        publish: Sends one Celery message for each chunk id, with a priority (0 high, 1 normal, 2 low);
            logs and goes on where Redis is away.
        exit: Ends the process at once, for an item that nothing else can stop; None where the process has
            other things to do than to run items.
        is_stopping: True once the process was told to end when its work in hand is done.
    """

    settings: Settings
    database: Database
    emitter: Emitter
    publish: Publish
    exit: Callable[[], None] | None = None
    is_stopping: Callable[[], bool] = lambda: False
    worker: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")

    @property
    def supervisor(self) -> Supervisor:
        """Runs what this process does by itself; the emitter has it too, to look for Redis."""
        return self.emitter.supervisor

    @cached_property
    def operations(self) -> dict[str, Operation]:
        """All registered operations by name."""
        return discover(self.settings.operation_modules)

    @cached_property
    def ticker(self) -> Ticker:
        """Sends the progress ticks of this process."""
        return Ticker(self.emitter, self.settings.ticks_per_second)

    @cached_property
    def maintenance(self) -> Maintenance:
        """Whether new work is taken."""
        return Maintenance(self.database)

    @cached_property
    def notifier(self) -> Notifier:
        """Tells users what they should know."""
        return Notifier(self.database, self.emitter)

    @cached_property
    def heartbeat(self) -> LeaseHeartbeat:
        """Prolongs the leases of this process."""
        settings = self.settings
        return LeaseHeartbeat(
            self.database,
            settings.lease_seconds,
            settings.stop_grace_seconds,
            self.supervisor,
            self.exit,
            self.is_stopping,
        )

    def close(self) -> None:
        """Sends what is due, ends the loops and closes the connections; used again, it begins them anew."""
        self.ticker.flush(FLUSH_SECONDS)
        self.supervisor.stop()
        self.database.dispose()
        self.emitter.redis.close()

    def operation(self, name: str) -> Operation:
        """The operation of that name.

        Raises:
            InvalidInput: There is none.
        """
        if name not in self.operations:
            known = ", ".join(self.operations)
            raise InvalidInput.of(
                "operation", "unknown", f"there is no operation {name!r}; known are {known}"
            )
        return self.operations[name]
