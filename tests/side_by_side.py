"""How tests share a machine: most run side by side, and a few want it for themselves.

Most tests spend most of their time waiting for processes, so that several at once keep a machine busy. What
may take longest starts first, so that no long test runs alone at the end. What measures time or loads the
whole machine is marked `alone`: those tests come last, one after the other, when no other test runs.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# A test keeps two thirds of a core busy, taken all together; more at once only make each of them wait.
PROCESSES_PER_CORE = 2
# Each with servers, processes and perhaps a browser of its own: memory ends before cores do.
MOST_PROCESSES = 16

# What stands for real servers and processes of Batchwire; everything else is checked by `make test-fast`.
_FOLDERS_WITH_PROCESSES = {"e2e", "faults", "integration", "local"}
_FIXTURES_WITH_PROCESSES = {"system", "redis_server", "postgres_server", "postgres_url"}


def processes() -> int:
    """How many tests run at once where `--numprocesses auto` is asked for."""
    return min(PROCESSES_PER_CORE * len(os.sched_getaffinity(0)), MOST_PROCESSES)


def arrange(items: list[pytest.Function]) -> None:
    """Marks what needs processes, and puts all into the order that ends soonest."""
    for item in items:
        if _needs_processes(item):
            item.add_marker("processes")
    items.sort(key=_place)


@contextmanager
def turn(item: pytest.Function) -> Iterator[None]:
    """Waits until the test may run: beside all others, or alone."""
    if not hasattr(item.config, "workerinput"):  # Without pytest-xdist there are no others.
        yield
        return
    # This file is the lock, since it is there, and the same for all that run from this folder.
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if item.get_closest_marker("alone") else fcntl.LOCK_SH)
        yield


def _place(item: pytest.Function) -> tuple[bool, bool, float]:
    limit = item.get_closest_marker("timeout")
    is_quick = not any(item.get_closest_marker(name) for name in ("processes", "slow"))
    return item.get_closest_marker("alone") is not None, is_quick, -float(limit.args[0] if limit else 0)


def _needs_processes(item: pytest.Function) -> bool:
    if _FOLDERS_WITH_PROCESSES & set(item.path.parts[-3:-1]):
        return True
    callspec = getattr(item, "callspec", None)
    is_postgres = callspec is not None and callspec.params.get("database_url") == "postgresql"
    return is_postgres or bool(_FIXTURES_WITH_PROCESSES & set(item.fixturenames))
