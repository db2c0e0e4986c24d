"""Alarms: a condition that lasts is told to the admins once, and so is its end."""

from __future__ import annotations

import time

from realtime.contract.events import role_room
from realtime.publish import notifications, outbox
from realtime.publish.notifications import Notice
from store import flags
from tasks.engine.engine import Engine

ADMINS = role_room("admin")


class Alarm:
    """One condition, as one process sees it.

    Whether it was raised is a row in the database: of several processes that see the condition one alone
    tells of it, and one that is started anew tells its end.

    Args:
        after_seconds: How long the condition lasts before it is told.
        title: What is told, with a message that says what to do.
        over: What is told at its end.
    """

    def __init__(self, name: str, after_seconds: float, *, title: str, message: str, over: str) -> None:
        self._flag = f"alarm:{name}"
        self._after_seconds = after_seconds
        self._raised = Notice(title=title, message=message, severity="error", kind="alert")
        self._over = Notice(title=over, severity="info", kind="alert")
        self._since: float | None = None
        self._is_set: bool | None = None

    def observe(self, engine: Engine, *, is_bad: bool) -> None:
        """Notes how it is now, and tells what is due."""
        now = time.monotonic()
        if not is_bad:
            self._since = None
            self._set(engine, False)
            return
        if self._since is None:
            self._since = now
        if now - self._since >= self._after_seconds:
            self._set(engine, True)

    def _set(self, engine: Engine, on: bool) -> None:
        if self._is_set is on:
            return
        event_ids = []
        with engine.database.write() as connection:
            if flags.put(connection, self._flag, on, initially=False):
                event_ids = [notifications.add(connection, ADMINS, self._raised if on else self._over)]
        self._is_set = on
        outbox.deliver(engine.database, engine.emitter, event_ids)
