"""Time limits of items: an alarm inside the item, and behind it the end of the process.

The alarm raises in whatever Python code runs, sleeps and waits included. Code that catches everything, or
holds the interpreter's lock in C, outlasts it; then a watchdog thread in C ends the process, the chunk is
taken over like that of any lost worker, and the item is run apart from the others and killed in time.
"""

from __future__ import annotations

import faulthandler
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# How long past its limit an item may take to give in before its process is ended.
GRACE_SECONDS = 5.0
REPEAT_SECONDS = 0.5


class TimeIsUp(BaseException):
    """Raised inside an item by the alarm; no `except Exception` of the item's own catches it."""


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raises `TimeIsUp` inside the block after that time, and again until the block ends.

    Only the main thread can be interrupted so; in others, and for None, the block runs as long as it likes.
    """
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    is_armed = True

    def ring(_number: int, _frame: Any) -> None:
        if is_armed:
            raise TimeIsUp

    before = signal.signal(signal.SIGALRM, ring)
    others = signal.setitimer(signal.ITIMER_REAL, seconds, REPEAT_SECONDS)
    started = time.monotonic()
    try:
        yield
    finally:
        is_armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if others[0]:  # Somebody else's alarm was set, and comes when it would have come.
            left = max(0.001, others[0] - (time.monotonic() - started))
            signal.setitimer(signal.ITIMER_REAL, left, others[1])


@contextmanager
def watchdog(seconds: float | None) -> Iterator[None]:
    """Ends the whole process if the block takes longer than that, with a traceback in the log.

    It needs no interpreter lock. One at a time in a process; None for no watchdog.
    """
    if seconds is None:
        yield
        return
    # Celery replaces sys.stderr with something that has no file.
    faulthandler.dump_traceback_later(seconds, exit=True, file=sys.__stderr__ or sys.stderr)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
