"""Runs one item in a process of its own, so that it can neither hang nor take its worker along.

Used for the items that a lost worker may have had in hand: whose process it was that ended is then known,
and so is how. The child is a fork: it has all that the worker has loaded.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import pickle
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable

from tasks.operation import Context
from tasks.outcomes import ItemTimeout, Outcome, WorkerLost, encode_result

POLL_SECONDS = 0.05
# The alarm inside the child comes first, and lets the item end in its own way.
KILL_AFTER_SECONDS = 1.0
PR_SET_PDEATHSIG = 1  # Source: prctl(2).


def run_isolated(
    run: Callable[[], Outcome], context: Context, timeout_seconds: float | None
) -> Outcome | ItemTimeout | WorkerLost:
    """What `run` gives in a forked process, or what became of that process.

    Args:
        context: What the item is told to stop by.
        timeout_seconds: When to kill the process, or None for never.
    """
    stop_flag = mmap.mmap(-1, 1)  # Shared with the child, which cannot see the parent's variables.
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Python 3.12 warns of forks beside threads: the child takes none of their locks.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        os.close(reading)
        _be_child(run, context, stop_flag, writing)
    os.close(writing)
    try:
        data, is_late = _read(reading, context, stop_flag, timeout_seconds)
        if is_late:
            os.kill(pid, signal.SIGKILL)
    finally:
        os.close(reading)
        _, status = os.waitpid(pid, 0)
        stop_flag.close()
    if is_late:
        return ItemTimeout(f"took longer than {timeout_seconds:g} s")
    if not data:
        return WorkerLost(f"ended the process that ran it twice, {_describe_end(status)}")
    outcome: Outcome = pickle.loads(data)  # noqa: S301  It comes from our own child.
    return outcome


def _be_child(run: Callable[[], Outcome], context: Context, stop_flag: mmap.mmap, writing: int) -> None:
    try:
        _die_with_parent()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        context.stop_requested = lambda: stop_flag[0] == 1
        outcome = run()
        try:
            encode_result(outcome.result, sys.maxsize)
            data = pickle.dumps(outcome)
        except Exception as error:
            outcome.fail(error)
            data = pickle.dumps(outcome)
        while data:
            data = data[os.write(writing, data) :]
    finally:
        os._exit(0)


def _die_with_parent() -> None:
    """Has the kernel kill this process when its parent ends, where the kernel can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _read(
    reading: int, context: Context, stop_flag: mmap.mmap, timeout_seconds: float | None
) -> tuple[bytes, bool]:
    deadline = None
    if timeout_seconds is not None:
        deadline = time.monotonic() + timeout_seconds + KILL_AFTER_SECONDS
    parts: list[bytes] = []
    while True:
        if select.select([reading], [], [], POLL_SECONDS)[0]:
            part = os.read(reading, 1 << 16)
            if not part:
                return b"".join(parts), False
            parts.append(part)
        if context.stop_requested():
            stop_flag[0] = 1
        if deadline is not None and time.monotonic() > deadline:
            return b"", True


def _describe_end(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"the last time with exit code {code}" if code >= 0 else f"the last time by {_signal_name(-code)}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
