"""What a process does by itself, again and again: each loop goes on after any error, and tells how it does.

Threads of the standard library and nothing else: under eventlet and gevent, which patch it, they are green
ones. So the same code serves all servers and the workers. The lowest module beside `errors` and `settings`.
"""

from __future__ import annotations

import logging
import os
import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

logger = logging.getLogger(__name__)

# A loop is overdue when nothing has begun or ended in it for so many of its intervals, and for so long.
OVERDUE_INTERVALS = 5
OVERDUE_SECONDS = 10.0
# After errors that nobody has foreseen the pause doubles from the loop's own interval on.
SHORTEST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
MAX_ERROR_CHARS = 200
# The user and the password in the address of a server.
CREDENTIALS = re.compile(r"://[^/\s]*@")

Errors = tuple[type[Exception], ...]
Work = Callable[[], object]
# What work returns that is done for good: its loop then ends.
DONE = object()


@dataclass(frozen=True, slots=True)
class Report:
    """How a loop does.

    Attributes:
        seconds: The pause between two runs; 0 for work that waits for something itself.
        runs: How often its work has ended, well or not.
        failures: How often it ended with an error.
        last_run_ms: When it ended last, in milliseconds since 1970.
        last_error: Type and beginning of the last error's message; empty where there was none.
        last_error_ms: When that was.
        is_overdue: Nothing has begun or ended in it for far too long: it hangs, or its thread is gone.
    """

    name: str
    seconds: float
    runs: int
    failures: int
    last_run_ms: int | None
    last_error: str
    last_error_ms: int | None
    is_overdue: bool

    def entry(self) -> dict[str, Any]:
        """What other processes are told of it."""
        return {
            "name": self.name,
            "seconds": self.seconds,
            "runs": self.runs,
            "failures": self.failures,
            "lastRunMs": self.last_run_ms,
            "lastError": self.last_error,
            "lastErrorMs": self.last_error_ms,
            "isOverdue": self.is_overdue,
        }


@dataclass(slots=True, kw_only=True, eq=False)
class Loop:
    """One loop, and how it has done so far. Times are on the monotonic clock.

    Attributes:
        expected: Errors that come with outages: they are logged once in a row, without a traceback, and the
            loop keeps its pace, so that it is there when the outage ends.
        jitter: The part of a pause by which it is longer or shorter at random.
        longest_pause_seconds: How far its pauses may grow after other errors.
        in_a_row: How many of its last runs have failed.
        touched: When a run last began or ended.
    """

    name: str
    seconds: float
    clock: Callable[[], float]
    stopping: threading.Event
    expected: Errors = ()
    jitter: float = 0.0
    longest_pause_seconds: float = LONGEST_PAUSE_SECONDS
    runs: int = 0
    failures: int = 0
    in_a_row: int = 0
    touched: float = 0.0
    ended: float | None = None
    failed: float | None = None
    error: str = ""
    thread: threading.Thread | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.touched = self.clock()

    @property
    def is_running(self) -> bool:
        """False once it was stopped, has come to its end, or was left behind by a fork."""
        return self.thread is not None and self.thread.is_alive() and not self.stopping.is_set()

    def begin(self) -> None:
        """Notes that a run begins."""
        self.touched = self.clock()

    def succeed(self) -> float:
        """Notes that a run has ended; returns the seconds until the next."""
        self._end()
        if self.in_a_row:
            logger.info("%s works again, after %d errors in a row", self.name, self.in_a_row)
            self.in_a_row = 0
        return self._varied(self.seconds)

    def fail(self, error: Exception) -> float:
        """Notes that a run has ended with an error; returns the seconds until the next."""
        self._end()
        self.failures += 1
        self.in_a_row += 1
        self.failed, self.error = self.ended, describe(error)
        usual = max(self.seconds, SHORTEST_PAUSE_SECONDS)
        if isinstance(error, self.expected):
            level = logging.WARNING if self.in_a_row == 1 else logging.DEBUG
            logger.log(level, "%s waits: %s", self.name, self.error)
            return self._varied(usual)
        logger.error("%s failed and goes on: %s", self.name, self.error, exc_info=error)
        doubled = usual * 2 ** min(self.in_a_row - 1, 16)
        return self._varied(min(doubled, max(usual, self.longest_pause_seconds)))

    def report(self) -> Report:
        """How it does now."""
        now, now_ms = self.clock(), time.time() * 1000

        def to_ms(at: float | None) -> int | None:
            return None if at is None else round(now_ms - (now - at) * 1000)

        return Report(
            name=self.name,
            seconds=self.seconds,
            runs=self.runs,
            failures=self.failures,
            last_run_ms=to_ms(self.ended),
            last_error=self.error,
            last_error_ms=to_ms(self.failed),
            is_overdue=now - self.touched > max(OVERDUE_SECONDS, OVERDUE_INTERVALS * self.seconds),
        )

    def _end(self) -> None:
        self.touched = self.ended = self.clock()
        self.runs += 1

    def _varied(self, seconds: float) -> float:
        return seconds * random.uniform(1 - self.jitter, 1 + self.jitter) if self.jitter else seconds  # noqa: S311


class Supervisor:
    """All loops of one process; a forked child begins with none.

    Args:
        clock: The monotonic clock, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._loops: list[Loop] = []

    def every(
        self,
        seconds: float,
        work: Work,
        name: str,
        *,
        expected: Errors = (),
        jitter: float = 0.0,
        delay_seconds: float = 0.0,
        longest_pause_seconds: float = LONGEST_PAUSE_SECONDS,
    ) -> Loop:
        """Does the work now and, so many seconds after each end of it, again, until the process ends.

        Args:
            work: Returns `DONE` where it is not to be done again; what else it returns is nothing.
            name: What the thread and the loop are called; a loop of this name that has ended is forgotten.
            delay_seconds: How long to wait before the first run.

        The other arguments are attributes of `Loop`.
        """
        loop = self._add(
            name,
            seconds,
            expected=expected,
            jitter=jitter,
            longest_pause_seconds=longest_pause_seconds,
        )
        # A daemon: it ends with the process, and nobody has to wait for it.
        loop.thread = threading.Thread(
            target=self._run, args=(loop, work, delay_seconds), name=name, daemon=True
        )
        loop.thread.start()
        return loop

    def keep(self, work: Work, name: str, *, expected: Errors = ()) -> Loop:
        """Does the work again as soon as it ends, for work that waits for something itself.

        Args:
            work: Ends within seconds, also where nothing has come: so it can be told from one that hangs.
        """
        return self.every(0.0, work, name, expected=expected)

    def watch(self, seconds: float, name: str, *, expected: Errors = ()) -> Loop:
        """A loop that runs elsewhere, in a library, and itself notes when it begins, succeeds and fails."""
        return self._add(name, seconds, expected=expected)

    def reports(self) -> list[Report]:
        """How each loop does, in the order in which they were started."""
        self._check_process()
        return [loop.report() for loop in self._loops]

    def stop(self, seconds: float = 0.0) -> None:
        """Ends all loops, each when its run has ended; what is started later begins anew.

        Args:
            seconds: How long to wait for those in the middle of a run.
        """
        self._check_process()
        with self._lock:
            loops, self._loops = self._loops, []
            self._stopping.set()
            self._stopping = threading.Event()
        deadline = time.monotonic() + seconds
        for loop in loops:
            left = deadline - time.monotonic()
            if left > 0 and loop.thread is not None and loop.thread is not threading.current_thread():
                loop.thread.join(left)

    def _check_process(self) -> None:
        """Forgets the loops of the process that this one was forked from: their threads are not here."""
        if os.getpid() != self._process:
            self._process, self._loops = os.getpid(), []
            # Whoever held them in that process does not exist in this one.
            self._lock, self._stopping = threading.Lock(), threading.Event()

    def _add(self, name: str, seconds: float, **options: Any) -> Loop:
        self._check_process()
        with self._lock:
            loop = Loop(name=name, seconds=seconds, clock=self._clock, stopping=self._stopping, **options)
            self._loops = [one for one in self._loops if one.is_running or one.name != name] + [loop]
        return loop

    def _run(self, loop: Loop, work: Work, pause: float) -> None:
        stopping = loop.stopping
        while not (stopping.wait(pause) if pause > 0 else stopping.is_set()):
            loop.begin()
            try:
                result = work()
            except Exception as error:
                pause = loop.fail(error)
            else:
                pause = loop.succeed()
                if result is DONE:
                    break
        with self._lock:
            self._loops = [one for one in self._loops if one is not loop]


def describe(error: Exception) -> str:
    """The type of an error and the first line of its message.

    SQLAlchemy's further lines hold the statement and its parameters, a server's address may hold a password.
    """
    try:
        message = str(error).partition("\n")[0]
    except Exception:
        message = "its message cannot be read"
    text = CREDENTIALS.sub("://", f"{type(error).__name__}: {message}" if message else type(error).__name__)
    return text[:MAX_ERROR_CHARS]
