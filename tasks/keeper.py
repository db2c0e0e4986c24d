"""Prolongs the leases of this process while it works, and tells it to stop when one is lost."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from store import chunks
from store.chunks import Lease
from store.database import Database

logger = logging.getLogger(__name__)

# Paused and cancelled batches are noticed at this interval too, well within the promised 2 s.
BEAT_SECONDS = 1.0


@dataclass(slots=True)
class Held:
    """A lease in the keeper's care; `stop` is set once the work on it should end."""

    lease: Lease
    stop: threading.Event = field(default_factory=threading.Event)


class Keeper:
    """One thread per process that prolongs every lease held, once a second."""

    def __init__(self, database: Database, lease_seconds: float) -> None:
        self._database = database
        self._lease_seconds = lease_seconds
        self._held: dict[int, Held] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def hold(self, lease: Lease) -> Held:
        """Takes a lease into care."""
        held = Held(lease)
        with self._changed:
            self._held[lease.chunk_id] = held
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
                self._thread.start()
            self._changed.notify()
        return held

    def drop(self, held: Held) -> None:
        """Ends the care for a lease."""
        with self._changed:
            self._held.pop(held.lease.chunk_id, None)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._held:
                    self._changed.wait()
                self._changed.wait_for(lambda: False, timeout=BEAT_SECONDS)
                held = list(self._held.values())
            if held:
                self._renew(held)

    def _renew(self, held: list[Held]) -> None:
        try:
            with self._database.write() as connection:
                for one in held:
                    if not chunks.renew(connection, one.lease, self._lease_seconds):
                        one.stop.set()
        except SQLAlchemyError as error:
            logger.warning("Leases could not be prolonged: %s", error)
