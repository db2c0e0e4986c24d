"""The no-op that the engine is measured with, and the same thing as a plain Celery task."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from celery import Celery
from pydantic import BaseModel, Field
from redis import Redis

from tasks.operation import Context, Item, SourceRequest, operation


class CountFilters(BaseModel):
    """How many items."""

    count: int = Field(100_000, ge=0)


class Numbers:
    """The numbers from 0."""

    input = "filters"
    filters: type[BaseModel] | None = CountFilters
    accepted_files: tuple[str, ...] = ()

    def count(self, request: SourceRequest) -> int | None:
        """As many as asked for."""
        return int(request.filters["count"])

    def items(self, request: SourceRequest, after: str | None) -> Iterator[tuple[str, Any]]:
        """The number as key, no data."""
        first = int(after) + 1 if after else 0
        return ((str(number), None) for number in range(first, request.filters["count"]))


@operation("benchmark-noop", title="Benchmark: no-op", source=Numbers())
def noop(item: Item, options: Any, context: Context) -> None:
    """Does nothing."""


plain = Celery("plain", broker=os.environ.get("REDIS_URL", ""))
plain.conf.update(
    task_default_queue="plain", task_ignore_result=True, worker_prefetch_multiplier=4, worker_concurrency=2
)
_counter: Redis | None = None


@plain.task(name="plain.noop")
def plain_noop(number: int) -> None:
    """Does nothing and counts: the least that a progress bar needs."""
    global _counter
    if _counter is None:
        _counter = Redis.from_url(os.environ["REDIS_URL"])
    _counter.incr("plain:done")
