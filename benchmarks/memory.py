"""Looks at the memory of the worker's processes, of this one and of Redis, four times a second."""

from __future__ import annotations

import contextlib
import os
import threading
from types import TracebackType
from typing import Self

import psutil
from redis import Redis

from benchmarks.processes import tree

SAMPLE_SECONDS = 0.25
MEGABYTE = 1024 * 1024


class MemorySampler:
    """Samples while its block lasts.

    Attributes:
        peaks_mb: The largest resident set of each process seen.
        redis_peak_mb: What Redis gives as the peak of its data.
    """

    def __init__(self, worker_pid: int, redis: Redis) -> None:
        self.peaks_mb: dict[str, float] = {}
        self.redis_peak_mb = 0.0
        self._worker_pid = worker_pid
        self._redis = redis
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="memory", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _type: type | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self.redis_peak_mb = self._redis.info("memory")["used_memory_peak"] / MEGABYTE

    def _run(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            for process in [psutil.Process(), *tree([self._worker_pid])]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    name = self._name(process.pid)
                    peak = process.memory_info().rss / MEGABYTE
                    self.peaks_mb[name] = max(peak, self.peaks_mb.get(name, 0.0))

    def _name(self, pid: int) -> str:
        if pid == os.getpid():
            return "the process that started the batch"
        return "the worker's main process" if pid == self._worker_pid else f"pool process {pid}"
