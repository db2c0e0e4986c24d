"""How many no-op items a second the engine does, beside a plain Celery group with a counter.

    make bench            (or: .venv/bin/python -m benchmarks.engine --items 100000 --runs 3)

Both run on this machine in turn, each with two worker processes, SQLite and a private Redis. Batchwire
stores a result per item; the group only counts in Redis. Time is taken from the call that starts the
work until its end shows, planning and sending included.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from celery import group
from redis import Redis

from local.ports import free_port
from local.redis_server import redis_command, wait_for_redis
from settings import ROOT

MAX_SECONDS = 300


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--group-items", type=int, default=10_000, help="fewer, since it is so much slower")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--annotate", type=int, default=15_000, help="functions to annotate; 0 for none")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        _measure(Path(name), options)


def _measure(directory: Path, options: argparse.Namespace) -> None:
    port = free_port()
    os.environ.update(
        APP_ENV="test",
        REDIS_URL=f"redis://127.0.0.1:{port}/0",
        DATABASE_URL=f"sqlite:///{directory / 'bench.db'}",
        DATA_DIR=str(directory),
        OPERATION_MODULES="benchmarks.operations",
        PYTHONPATH=str(ROOT),
    )
    with running(redis_command(port, directory)):
        wait_for_redis(os.environ["REDIS_URL"])
        with worker("tasks.app"), worker("benchmarks.operations:plain"):
            bench = Bench()
            bench.wait_for_workers()
            engine, plain = [], []
            for _ in range(options.runs):
                plain.append(bench.run_group(options.group_items))
                engine.append(bench.run_batch("benchmark-noop", {"count": options.items})[0])
            _print_rates(options, engine, plain)
            if options.annotate:
                _print_annotate(bench, options)


class Bench:
    """Starts work and waits for its end, in this process."""

    def __init__(self) -> None:
        # Imported here: these modules read the environment that was just set.
        from benchmarks.operations import plain_noop
        from settings import load_settings
        from store import users
        from store.migrate import upgrade
        from tasks.app import celery
        from tasks.batches import Batches, BatchRequest
        from tasks.broker import create_engine

        self.redis = Redis.from_url(os.environ["REDIS_URL"])
        self.task = plain_noop
        self.request = BatchRequest
        self.engine = create_engine(load_settings(), celery)
        upgrade(self.engine.database)
        self.batches = Batches(self.engine)
        with self.engine.database.write() as connection:
            user = users.add(connection, email="bench@example.org", name="b", password_hash="", roles=[])
        self.user_id = user.id

    def wait_for_workers(self) -> None:
        """Returns once both kinds of worker have done something."""
        self.run_group(10)
        self.run_batch("benchmark-noop", {"count": 1000})

    def run_group(self, count: int) -> float:
        """Items a second of a plain Celery group."""
        self.redis.set("plain:done", 0)
        start = time.perf_counter()
        group(self.task.s(number) for number in range(count)).apply_async()
        while int(self.redis.get("plain:done") or 0) < count:
            _check_time(start)
            time.sleep(0.005)
        return count / (time.perf_counter() - start)

    def run_batch(self, operation: str, filters: dict[str, object]) -> tuple[float, float, float]:
        """Items a second of a batch, seconds until its first tick, seconds in all."""
        with self.redis.pubsub(ignore_subscribe_messages=True) as pubsub:
            pubsub.subscribe(self.engine.emitter.channel)
            pubsub.get_message(timeout=1)
            start = time.perf_counter()
            request = self.request(operation=operation, filters=filters)
            batch = self.batches.create(self.user_id, request)
            first_tick = None
            while not batch.is_terminal:
                _check_time(start)
                message = pubsub.get_message(timeout=0.01)
                if first_tick is None and message and b"batch:progress" in message["data"]:
                    first_tick = time.perf_counter() - start
                batch = self.batches.get(batch.id)
            seconds = time.perf_counter() - start
        assert batch.processed == batch.total == batch.successful
        return batch.processed / seconds, first_tick or seconds, seconds


@contextmanager
def running(command: list[str]) -> Iterator[None]:
    """Runs a command as long as the block lasts."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, cwd=ROOT
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def worker(app: str) -> contextlib.AbstractContextManager[None]:
    """A Celery worker with two processes."""
    name = app.split(":")[-1].replace(".", "-")
    command = [sys.executable, "-m", "celery", "-A", app, "worker", "-n", f"{name}@bench"]
    return running([*command, "--concurrency", "2", "--loglevel", "error"])


def _check_time(start: float) -> None:
    if time.perf_counter() - start > MAX_SECONDS:
        raise TimeoutError(f"not done after {MAX_SECONDS} s")


def _print_rates(options: argparse.Namespace, engine: list[float], plain: list[float]) -> None:
    batchwire, celery = statistics.median(engine), statistics.median(plain)
    runs = f"median of {options.runs}"
    print(f"{'':28}{'items':>10}{'items/s':>12}   ({runs}; lowest to highest)")
    for name, count, rates in (
        ("Celery group and counter", options.group_items, plain),
        ("Batchwire, SQLite", options.items, engine),
    ):
        spread = f"{min(rates):,.0f} to {max(rates):,.0f}"
        print(f"{name:28}{count:>10,}{statistics.median(rates):>12,.0f}   ({spread})")
    print(f"ratio: {batchwire / celery:.0f}")


def _print_annotate(bench: Bench, options: argparse.Namespace) -> None:
    from tasks.demo_catalog import seed_catalog

    seed_catalog(bench.engine.database, options.annotate)
    runs = [bench.run_batch("annotate", {"limit": options.annotate}) for _ in range(5)]
    first = [tick for _, tick, _ in runs]
    total = [seconds for _, _, seconds in runs]
    print(f"annotate {options.annotate:,} functions, median of 5:")
    print(f"  first tick after {statistics.median(first):.3f} s (at most {max(first):.3f} s)")
    print(f"  all of it after {statistics.median(total):.1f} s (at most {max(total):.1f} s)")


if __name__ == "__main__":
    main()
