"""How many busy items a second two plain processes do: what two cores can do with no system at all."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor

from benchmarks.system import BUSY, WORKER_PROCESSES
from benchmarks.work import work

CALIBRATION_SECONDS = 2.0


def busy_items_per_second(seconds: float = CALIBRATION_SECONDS) -> float:
    """Of both processes together."""
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(WORKER_PROCESSES, mp_context=context) as pool:
        return sum(pool.map(_rate, [seconds] * WORKER_PROCESSES))


def _rate(seconds: float) -> float:
    count = 0
    start = time.perf_counter()
    while time.perf_counter() < start + seconds:
        work(BUSY)
        count += 1
    return count / (time.perf_counter() - start)
