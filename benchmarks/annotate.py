"""How long it takes to annotate functions of the demo catalog, and when the first tick comes.

.venv-bench/bin/python -m benchmarks.annotate --functions 15000
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.client import Client
from benchmarks.instance import running_batchwire
from benchmarks.watching import BATCH_ID, BatchWatch
from demo.catalog import seed_catalog

MAX_SECONDS = 300


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--functions", type=int, default=15_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, running_batchwire(Path(name), "SQLite") as instance:
        seed_catalog(instance.client.engine.database, options.functions)
        runs = [_annotate(Client(instance.environment), options.functions) for _ in range(options.runs)]
    print(f"annotate {options.functions:,} functions, median (highest) of {options.runs}:")
    for name, seconds in zip(("first tick", "first function", "all"), zip(*runs, strict=True), strict=True):
        print(f"  {name:15} after {statistics.median(seconds):7.3f} s ({max(seconds):.3f} s)")


def _annotate(client: Client, count: int) -> tuple[float, float, float]:
    """Seconds until the first tick, the first function and the last."""
    user_id = client.add_user()
    first_tick = first_done = None
    with BatchWatch(client) as watch:
        start = time.perf_counter()
        client.redis.set(BATCH_ID, client.start(user_id, "annotate", limit=count))
        done = 0
        while done < count:
            done = watch.poll()
            seconds = time.perf_counter() - start
            if first_tick is None and watch.ticked:
                first_tick = seconds
            if first_done is None and done:
                first_done = seconds
            if seconds > MAX_SECONDS:
                raise TimeoutError(f"{done} of {count} functions after {MAX_SECONDS} s")
    return first_tick or seconds, first_done or seconds, seconds


if __name__ == "__main__":
    main()
