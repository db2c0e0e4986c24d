"""RQ with its default worker, which forks a process per job, and with the one that does not."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import ClassVar

from redis import Redis
from rq import Queue

from benchmarks.system import BUSY, NOOP, WORKER_PROCESSES, Place, System
from benchmarks.work import REDIS_URL

QUEUE = "bench"
JOB = "benchmarks.systems.rq_job.run"


class Rq(System):
    """Two workers; jobs enqueued in one pipeline, results thrown away."""

    items: ClassVar[dict[str, int]] = {NOOP: 2_000, BUSY: 2_000}

    def __init__(self, name: str, title: str, worker_class: str, promise: str) -> None:
        self.name = name
        self.title = title
        self.worker_class = worker_class
        self.promise = promise

    def workers(self, place: Place) -> list[list[str]]:
        """Its own command, twice, without a log line per job."""
        command = [sys.executable, "-m", "rq.cli", "worker", "--url", place.redis_url, "--quiet"]
        command += ["--disable-job-desc-logging", "--worker-class", self.worker_class, QUEUE]
        return [command for _ in range(WORKER_PROCESSES)]

    def sender(self, load: str, count: int) -> Callable[[], object]:
        """`enqueue_many`, its fastest way in."""
        queue = Queue(QUEUE, connection=Redis.from_url(REDIS_URL))
        return lambda: queue.enqueue_many(
            Queue.prepare_data(JOB, (load,), result_ttl=0) for _ in range(count)
        )


SYSTEMS = [
    Rq("rq", "RQ", "rq.Worker", "a counter in Redis; no result; a process per job, failed jobs are kept"),
    Rq("rq-simple", "RQ, SimpleWorker", "rq.SimpleWorker", "the same, but jobs run in the worker itself"),
]
