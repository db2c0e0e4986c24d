"""What an item does, the same for every system, and the counter that its progress is read from."""

from __future__ import annotations

import os
import time

from redis import Redis

BUSY_SECONDS = 0.002
COUNTER = "bench:done"
# The main process reads it too, where no system is started and no Redis is named yet.
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:1/0")

_redis: Redis | None = None


def work(load: str) -> None:
    """Does nothing, or keeps the processor busy for two milliseconds."""
    if load == "busy":
        end = time.perf_counter() + BUSY_SECONDS
        while time.perf_counter() < end:
            pass


def work_and_count(load: str) -> None:
    """Does an item and counts it: the least that a progress bar needs."""
    global _redis
    work(load)
    if _redis is None:
        # Made in the process that uses it, behind all forks.
        _redis = Redis.from_url(REDIS_URL)
    _redis.incr(COUNTER)
