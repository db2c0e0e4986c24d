"""Two ways to see from outside how far a run is: a counter in Redis, and a batch's ticks and row."""

from __future__ import annotations

import time
from contextlib import suppress
from types import TracebackType
from typing import Protocol, Self

from redis import Redis

from benchmarks.client import Client
from benchmarks.work import COUNTER
from errors import NotFound

COUNTER_SECONDS = 0.005
# A row is looked at every 10 ms at first and at the end, and seldom in between: a look costs the machine a
# millisecond that the items would have had.
BATCH_SECONDS = 0.01
BATCH_SHARE = 0.01
SHARE_OF_BOTH = 0.25
# Where a producer leaves the id of the batch that it has made.
BATCH_ID = "bench:batch"


class Watch(Protocol):
    """Sees the progress of one run.

    Attributes:
        ticked: True once a person would have seen something move.
    """

    ticked: bool

    def poll(self) -> int:
        """Waits some milliseconds; returns how many items are done."""


class CounterWatch:
    """Reads the counter that the workers count in."""

    def __init__(self, redis_url: str) -> None:
        self.ticked = False
        self._redis = Redis.from_url(redis_url)

    def poll(self) -> int:
        """Reads it every 5 ms."""
        time.sleep(COUNTER_SECONDS)
        done = self.count(self._redis)
        self.ticked = self.ticked or done > 0
        return done

    def count(self, redis: Redis) -> int:
        """How many items are done."""
        return int(redis.get(COUNTER) or 0)

    def __enter__(self) -> Self:
        self._redis.delete(COUNTER)
        return self

    def __exit__(
        self, _type: type | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._redis.close()


class BatchWatch:
    """Listens for a batch's ticks, as a web process does, and reads its row.

    Args:
        ticks: False where nobody sends any; a change of the row then has to do.
    """

    def __init__(self, client: Client, *, ticks: bool = True) -> None:
        self.ticked = False
        self._ticks = ticks
        self._client = client
        self._batch_id: str | None = None
        self._wait_seconds = BATCH_SECONDS
        self._started = 0.0

    def poll(self) -> int:
        """Hears the messages until it is time to look at the row."""
        wait_until = time.monotonic() + self._wait_seconds
        while (left := wait_until - time.monotonic()) > 0:
            message = self._pubsub.get_message(timeout=left)
            if message and b'"batch:progress"' in message["data"]:
                self.ticked = True
        if self._batch_id is None:
            found = self._client.redis.get(BATCH_ID)
            if not isinstance(found, bytes):
                return 0
            self._batch_id, self._started = found.decode(), time.monotonic()
        batch = self._client.batches.get(self._batch_id)
        self.ticked = self.ticked or (batch.processed > 0 and not self._ticks)
        passed = time.monotonic() - self._started
        self._wait_seconds = max(BATCH_SECONDS, BATCH_SHARE * passed)
        if batch.total and batch.processed:
            seconds_left = passed * (batch.total / batch.processed - 1)
            self._wait_seconds = max(BATCH_SECONDS, SHARE_OF_BOTH * min(passed, seconds_left))
        return batch.processed

    def __enter__(self) -> Self:
        self._client.redis.delete(BATCH_ID)
        self._pubsub = self._client.listen()
        with suppress(NotFound):
            self._client.batches.get("none")  # The first look takes longest.
        return self

    def __exit__(
        self, _type: type | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._pubsub.close()
        self._client.close()
