"""One batch of a million items: memory, whether it slows down, and whether it makes others wait.

    make bench-million                              on SQLite
    make bench-million ARGS="--database PostgreSQL"

It runs five times alone, since a tenth of a run lasts a quarter of a second only, and once more while another
user starts ten batches of ten items, one after the other, whose work would be taken for a slower end. Exits
with 1 where a limit is broken; the limits stand below.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from benchmarks.instance import Instance, running_batchwire
from benchmarks.memory import MemorySampler
from benchmarks.neighbours import ITEMS_PER_BATCH, SMALL_BATCHES, Neighbours
from benchmarks.processes import end_on_sigterm

MAX_PROCESS_MB = 300
MAX_REDIS_MB = 20
MIN_LAST_TO_FIRST = 0.8
MAX_FIRST_TICK_SECONDS = 2.0
# The first and the last tenth are compared.
PARTS = 10
RUNS = 5
POLL_SECONDS = 0.05
MAX_SECONDS = 900

Point = tuple[float, int]


def main() -> None:
    """Measures, prints a report, and exits with 1 where a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--database", choices=["SQLite", "PostgreSQL"], default="SQLite")
    options = parser.parse_args()
    end_on_sigterm()
    with (
        tempfile.TemporaryDirectory(prefix="batchwire-million-") as name,
        running_batchwire(Path(name), options.database) as instance,
        MemorySampler(instance.worker_pid, instance.client.redis) as sampler,
    ):
        runs = [_run(instance, options.items) for _ in range(RUNS)]
        with Neighbours(instance.environment, options.items) as neighbours:
            _run(instance, options.items, neighbours)
    print(f"{options.items:,} items in one batch, two worker processes, {options.database}")
    broken = [
        *_report_speed(runs, options.items),
        *_report_memory(sampler),
        *_report_neighbours(neighbours),
    ]
    for limit in broken:
        print(f"BROKEN: {limit}")
    sys.exit(1 if broken else 0)


def _run(instance: Instance, count: int, neighbours: Neighbours | None = None) -> list[Point]:
    """Seconds since the start and items done, 20 times a second."""
    client = instance.client
    start = time.perf_counter()
    batch_id = client.start(client.add_user(), "benchmark-noop", count=count)
    points: list[Point] = [(0.0, 0)]
    while points[-1][1] < count:
        time.sleep(POLL_SECONDS)
        done = client.batches.get(batch_id).processed
        points.append((time.perf_counter() - start, done))
        if neighbours:
            neighbours.done = done
        if points[-1][0] > MAX_SECONDS:
            raise TimeoutError(f"{done:,} of {count:,} items after {MAX_SECONDS} s")
    return points


def _time_of(points: list[Point], done: int) -> float:
    """When so many items were done, in proportion between two looks."""
    for (before, few), (after, many) in pairwise(points):
        if few < done <= many:
            return before + (after - before) * (done - few) / (many - few)
    raise ValueError(f"{done} items were never reached")


def _report_speed(runs: list[list[Point]], count: int) -> list[str]:
    ratios = []
    for points in runs:
        begun = max(seconds for seconds, done in points if done == 0)
        times = [begun, *(_time_of(points, count * number // PARTS) for number in range(1, PARTS + 1))]
        rates = [count / PARTS / (after - before) for before, after in pairwise(times)]
        print(f"  all done after {times[-1]:.1f} s, the first items after about {begun:.1f} s")
        print(f"    items/s in each tenth: {'  '.join(f'{rate:,.0f}' for rate in rates)}")
        ratios.append(rates[-1] / rates[0])
    print(f"  last tenth to first: {'  '.join(f'{one:.2f}' for one in ratios)}")
    median = statistics.median(ratios)
    print(f"  median: {median:.2f} (at least {MIN_LAST_TO_FIRST})")
    return [f"slows down to {median:.2f}"] if median < MIN_LAST_TO_FIRST else []


def _report_memory(sampler: MemorySampler) -> list[str]:
    for name, peak in sampler.peaks_mb.items():
        print(f"  peak memory of {name}: {peak:.0f} MB (at most {MAX_PROCESS_MB})")
    print(f"  peak memory of Redis's data: {sampler.redis_peak_mb:.1f} MB (at most {MAX_REDIS_MB})")
    broken = [f"{name} takes {mb:.0f} MB" for name, mb in sampler.peaks_mb.items() if mb > MAX_PROCESS_MB]
    if sampler.redis_peak_mb > MAX_REDIS_MB:
        broken.append(f"Redis takes {sampler.redis_peak_mb:.1f} MB")
    return broken


def _report_neighbours(neighbours: Neighbours) -> list[str]:
    waits = neighbours.waits()
    if len(waits) < SMALL_BATCHES:
        return [f"only {len(waits)} of {SMALL_BATCHES} small batches could be started"]
    print(f"  {len(waits)} batches of {ITEMS_PER_BATCH} items of another user during a second million:")
    print(f"    first tick after {'  '.join(f'{tick:.2f}' for tick, _ in waits)} s")
    print(f"    all done after   {'  '.join(f'{end:.2f}' for _, end in waits)} s")
    median = statistics.median(tick for tick, _ in waits)
    print(f"    median first tick: {median:.2f} s (at most {MAX_FIRST_TICK_SECONDS:g})")
    return [f"others wait {median:.2f} s"] if median > MAX_FIRST_TICK_SECONDS else []


if __name__ == "__main__":
    main()
