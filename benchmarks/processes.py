"""Processes that last as long as a block does, and what they use of the machine."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from settings import ROOT

STOP_SECONDS = 10
SETTLE_SECONDS = 60
# A worker that is still starting uses far more in this window, an idle one far less.
IDLE_WINDOW_SECONDS = 0.5
IDLE_CPU_SECONDS = 0.03
PR_SET_PDEATHSIG = 1


def end_on_sigterm() -> None:
    """Makes a terminated run end what it has started, as an interrupted one does."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


@contextmanager
def running(
    command: list[str], log: Path, environment: dict[str, str] | None = None, *, pipes: bool = False
) -> Iterator[subprocess.Popen[str]]:
    """Runs a command as long as the block lasts, and ends its children with it.

    Args:
        log: File that its errors are added to, and its output too unless there are pipes.
        pipes: Whether its input and output are pipes to us.
    """
    pipe = subprocess.PIPE if pipes else None
    with log.open("a") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
            stdin=pipe or subprocess.DEVNULL,
            stdout=pipe or output,
            stderr=output,
            text=True,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
    try:
        yield process
    finally:
        _stop(process)


def tree(pids: Iterable[int]) -> list[psutil.Process]:
    """The processes and all that descend from them, as far as they live."""
    found = []
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            found += [process, *process.children(recursive=True)]
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """CPU time so far of the processes and their descendants, those that have ended included."""
    total = 0.0
    for process in tree(pids):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def wait_until_idle(pids: list[int]) -> None:
    """Returns once the processes have started and have nothing to do.

    Raises:
        TimeoutError: They do not come to rest.
    """
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        before = cpu_seconds(pids)
        time.sleep(IDLE_WINDOW_SECONDS)
        if cpu_seconds(pids) - before <= IDLE_CPU_SECONDS:
            return
    raise TimeoutError(f"processes are still busy after {SETTLE_SECONDS} s")


def _stop(process: subprocess.Popen[str]) -> None:
    descendants = tree([process.pid])[1:]
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
    _signal_group(process, signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        _signal_group(process, signal.SIGKILL)
        process.wait()
    # psutil compares start times: a process that has got an old one's number is left alone.
    for descendant in descendants:
        with contextlib.suppress(psutil.NoSuchProcess):
            descendant.kill()


def _signal_group(process: subprocess.Popen[str], number: int) -> None:
    # Before the leader was waited for nobody else can have its number.
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)


def _die_with_parent() -> None:
    """Asks Linux to end this process when we die, even by SIGKILL."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
