"""Plain Celery: a group of single tasks, the same as a chord, and chunks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from celery import Celery, chord, group
from redis import Redis

from benchmarks.system import BUSY, NOOP, WORKER_PROCESSES, Place, System
from benchmarks.watching import CounterWatch, Watch
from benchmarks.work import COUNTER, REDIS_URL, work, work_and_count

ITEMS_PER_CHUNK = 500
# Where Celery's Redis backend collects the results of a chord; the id is its own.
CHORD_RESULTS = "celery-taskset-meta-*.j"

app = Celery("bench", broker=REDIS_URL, backend=REDIS_URL)
app.conf.update(task_default_queue="bench", task_ignore_result=True)


@app.task(name="bench.count")
def count_item(load: str, number: int) -> None:
    """An item that counts itself."""
    work_and_count(load)


@app.task(name="bench.item", ignore_result=False)
def chord_item(load: str, number: int) -> None:
    """An item that the chord counts."""
    work(load)


@app.task(name="bench.body")
def chord_body(results: list[Any]) -> None:
    """What comes after the chord's last item."""
    Redis.from_url(REDIS_URL).set(COUNTER, len(results))


class CelerySystem(System):
    """A worker with two processes and Celery's default settings."""

    def workers(self, place: Place) -> list[list[str]]:
        """One prefork worker."""
        command = [sys.executable, "-m", "celery", "--quiet", "-A", "benchmarks.systems.celery", "worker"]
        return [[*command, "--concurrency", str(WORKER_PROCESSES), "--loglevel", "warning"]]


class CeleryGroup(CelerySystem):
    """A message per item."""

    name, title = "celery-group", "Celery group and counter"
    promise = "a counter in Redis; no result; what a killed worker was running is lost"
    items: ClassVar[dict[str, int]] = {NOOP: 10_000, BUSY: 5_000}

    def sender(self, load: str, count: int) -> Callable[[], object]:
        """One group."""
        return lambda: group(count_item.s(load, number) for number in range(count)).apply_async()


class CeleryChord(CelerySystem):
    """A message per item, and one more after the last."""

    name, title = "celery-chord", "Celery group and chord"
    promise = "results in Redis for a day; after one failed item the chord's end never comes"
    items: ClassVar[dict[str, int]] = {NOOP: 10_000, BUSY: 5_000}

    def sender(self, load: str, count: int) -> Callable[[], object]:
        """One chord."""
        return lambda: chord(chord_item.s(load, number) for number in range(count))(chord_body.s())

    def watch(self, place: Place) -> AbstractContextManager[Watch]:
        """Reads Celery's own count."""
        return ChordWatch(place.redis_url)


class ChordWatch(CounterWatch):
    """How many results the chord has collected; all of them only once its body ran."""

    _key: bytes | str | None = None

    def count(self, redis: Redis) -> int:
        """Reads the size of the sorted set, or what the body has left."""
        if self._key is None:
            self._key = next(iter(redis.keys(CHORD_RESULTS)), None)
        collected = redis.zcard(self._key) if self._key else 0
        return super().count(redis) or max(0, collected - 1)


class CeleryChunks(CelerySystem):
    """A message per 500 items."""

    name, title = "celery-chunks", "Celery chunks and counter"
    promise = "a counter in Redis; no result; a failed item takes the rest of its chunk along"
    items: ClassVar[dict[str, int]] = {NOOP: 100_000, BUSY: 5_000}

    def sender(self, load: str, count: int) -> Callable[[], object]:
        """Chunks of 500, as a group."""
        arguments = ((load, number) for number in range(count))
        return lambda: count_item.chunks(arguments, ITEMS_PER_CHUNK).apply_async()


SYSTEMS = [CeleryGroup(), CeleryChord(), CeleryChunks()]
