"""Watches the system from every web process: tells clients how it does, admins what needs them.

Each process tells its own clients. So each client hears of a change once, however many processes there are,
and also while Redis, which would carry it from one process to the others, is what is away.
"""

from __future__ import annotations

import logging
import time

from flask_socketio import SocketIO
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from realtime.contract.events import SYSTEM_STATUS, Parts, SystemStatus
from store import chunks, notifications
from store.clock import now_ms
from tasks.engine.engine import Engine
from webapp.process.alarms import Alarm
from webapp.process.health import check_parts, describe

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
# A part that is away for shorter than this is not worth a word.
STEADY_LOOKS = 2
CLEAN_SECONDS = 3600.0
DAY_MS = 24 * 3600 * 1000


class Monitor:
    """What one web process knows of the system, and has told about it."""

    def __init__(self, engine: Engine, socketio: SocketIO) -> None:
        self._engine = engine
        self._socketio = socketio
        self._told: SystemStatus | None = None
        self._different_looks = 0
        self._next_clean = 0.0
        self._mark: object = None
        after_seconds = engine.settings.alert_after_seconds
        self._no_workers = Alarm(
            "workers",
            after_seconds,
            title="No worker is running",
            message="Batches wait. Start a worker: celery -A tasks.app worker",
            over="Workers are back",
        )
        self._stuck = Alarm(
            "queue",
            after_seconds,
            title="The queue does not move",
            message="Work is queued, workers are there, and none has taken it. Look into the workers' logs.",
            over="The queue moves again",
        )

    def start(self) -> None:
        """Starts to watch."""
        expected = (SQLAlchemyError, RedisError)
        self._engine.supervisor.every(LOOK_SECONDS, self.look, "monitor", expected=expected)

    def look(self) -> None:
        """Looks once, and tells what has changed.

        Raises:
            SQLAlchemyError, RedisError: The database or Redis is away.
        """
        parts = check_parts(self._engine)
        self._tell_clients(describe(self._engine, parts))
        if parts.database.ok:
            self._alert_admins(parts)
            self._clean()

    def _tell_clients(self, status: SystemStatus) -> None:
        told = self._told
        if told is None:
            self._told = status  # Whoever connects asks for it.
            return
        if (told.status, told.message) == (status.status, status.message):
            self._different_looks = 0
            return
        self._different_looks += 1
        by_hand = "maintenance" in (told.status, status.status)
        if by_hand or self._different_looks >= STEADY_LOOKS:
            self._told, self._different_looks = status, 0
            logger.warning("The system is %s: %s", status.status, status.message or status.title)
            self._socketio.emit(SYSTEM_STATUS, status.dump(), ignore_queue=True)

    def _alert_admins(self, parts: Parts) -> None:
        if not parts.redis.ok:
            return  # Whether there are workers is not known.
        self._no_workers.observe(self._engine, is_bad=not parts.workers.ok)
        with self._engine.database.read() as connection:
            mark = chunks.standstill(connection)
        stands = mark is not None and mark == self._mark
        self._mark = mark
        self._stuck.observe(self._engine, is_bad=parts.workers.ok and stands)

    def _clean(self) -> None:
        if time.monotonic() < self._next_clean:
            return
        self._next_clean = time.monotonic() + CLEAN_SECONDS
        oldest = now_ms() - self._engine.settings.notification_days * DAY_MS
        with self._engine.database.write() as connection:
            notifications.delete_before(connection, oldest)
