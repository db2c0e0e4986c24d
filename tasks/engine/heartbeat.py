"""Prolongs the leases of this process while it works, and tells it to stop when one is lost."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from store import leases
from store.database import Database
from store.leases import Lease
from supervisor import Loop, Supervisor

logger = logging.getLogger(__name__)

# Paused and cancelled batches are noticed at this interval too, well within the promised 2 s.
BEAT_SECONDS = 1.0


@dataclass(slots=True)
class Held:
    """A lease in the heartbeat's care.

    Attributes:
        since: When the care began, on the monotonic clock.
        stop: Set once the work on it should end.
        stopped_at: When that was, on the monotonic clock, or None.
    """

    lease: Lease
    since: float = field(default_factory=time.monotonic)
    stop: threading.Event = field(default_factory=threading.Event)
    stopped_at: float | None = None


class LeaseHeartbeat:
    """One loop per process that prolongs every lease held, once a second.

    Args:
        supervisor: Runs the loop, from the first lease on.
        stop_grace_seconds: How long after `stop` an item may still run before its process is ended.
        end_process: Ends this process; None where it has other things to do than to run items.
        is_stopping: True once the process is to end: then the work on every lease is to stop, and what was
            interrupted runs again elsewhere.
    """

    def __init__(
        self,
        database: Database,
        lease_seconds: float,
        stop_grace_seconds: float,
        supervisor: Supervisor,
        end_process: Callable[[], None] | None = None,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._database = database
        self._lease_seconds = lease_seconds
        self._stop_grace_seconds = stop_grace_seconds
        self._supervisor = supervisor
        self._end_process = end_process
        self._is_stopping = is_stopping
        self._held: dict[int, Held] = {}
        self._loop: Loop | None = None

    def hold(self, lease: Lease) -> Held:
        """Takes a lease into care."""
        held = self._held[lease.chunk_id] = Held(lease)
        if self._loop is None or not self._loop.is_running:
            # Its pauses never grow: leases run out, whatever is wrong here.
            self._loop = self._supervisor.every(
                BEAT_SECONDS,
                self.beat,
                "lease-heartbeat",
                expected=(SQLAlchemyError,),
                longest_pause_seconds=BEAT_SECONDS,
            )
        return held

    def drop(self, held: Held) -> None:
        """Ends the care for a lease."""
        self._held.pop(held.lease.chunk_id, None)

    def beat(self) -> None:
        """Prolongs the leases once, and ends what does not stop.

        Raises:
            SQLAlchemyError: The database is away.
        """
        if self._is_stopping():
            for one in self._held.copy().values():
                one.stop.set()
        # What was taken within this beat is good for longer than the next.
        latest = time.monotonic() - BEAT_SECONDS / 2
        held = [one for one in self._held.copy().values() if one.since < latest]
        if not held:
            return
        try:
            self._renew(held)
        finally:
            # Who ends anyway waits for an item that cannot stop: the worker's operator decides how long.
            if not self._is_stopping():
                self._end_what_does_not_stop(held)

    def _renew(self, held: list[Held]) -> None:
        with self._database.write() as connection:
            for one in held:
                lease = one.lease
                if not leases.renew(connection, lease, self._lease_seconds) and lease is one.lease:
                    one.stop.set()

    def _end_what_does_not_stop(self, held: list[Held]) -> None:
        now = time.monotonic()
        for one in held:
            if one.stop.is_set() and one.stopped_at is None:
                one.stopped_at = now
            late = one.stopped_at is not None and now - one.stopped_at > self._stop_grace_seconds
            if late and self._end_process is not None:
                logger.error(
                    "Batch %s: an item in chunk %d does not stop, its process is ended",
                    one.lease.batch_id,
                    one.lease.chunk_id,
                )
                self._end_process()
