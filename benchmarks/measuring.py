"""One system in one round: start its workers, let them come to rest, run each load once, stop them."""

from __future__ import annotations

import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from benchmarks.processes import cpu_seconds, running, wait_until_idle
from benchmarks.system import NOOP, Place, System
from benchmarks.watching import Watch

MAX_SECONDS = 300
WARM_UP_ITEMS = 100
LOG = "processes.log"


@dataclass(frozen=True)
class Measurement:
    """One run of one load.

    Attributes:
        first_tick_seconds: When something was first seen to move.
        first_result_seconds: When the first item was seen to be done.
        cpu_us: CPU time of producer and workers per item, in microseconds.
        server_cpu_us: The same of Redis and PostgreSQL.
    """

    system: str
    load: str
    items: int
    seconds: float
    first_tick_seconds: float
    first_result_seconds: float
    cpu_us: float
    server_cpu_us: float

    @property
    def rate(self) -> float:
        """Items a second, from the moment that sending begins until the last one is seen to be done."""
        return self.items / self.seconds


def measure_system(system: System, place: Place, counts: dict[str, int]) -> list[Measurement]:
    """Runs each load of `counts` once.

    Raises:
        RuntimeError: A process failed, or not all items were done in time; with what they logged.
    """
    Redis.from_url(place.redis_url).flushall()
    try:
        with system.prepare(place) as ready, ExitStack() as stack:
            commands = system.workers(ready)
            log = place.directory / LOG
            workers = [stack.enter_context(running(one, log, ready.environment)) for one in commands]
            _run(system, ready, workers, NOOP, WARM_UP_ITEMS)
            wait_until_idle([worker.pid for worker in workers])
            return [_run(system, ready, workers, load, count) for load, count in counts.items()]
    except (TimeoutError, ChildProcessError) as error:
        raise RuntimeError(f"{system.title}: {error}\n{_tail(place.directory / LOG)}") from error


def _run(
    system: System, place: Place, workers: list[subprocess.Popen[str]], load: str, count: int
) -> Measurement:
    command, log = system.producer(load, count), place.directory / LOG
    pids = [worker.pid for worker in workers]
    with system.watch(place) as watch, running(command, log, place.environment, pipes=True) as producer:
        assert producer.stdin
        assert producer.stdout
        if producer.stdout.readline().strip() != "ready":
            raise ChildProcessError("the producer ended before it was ready")
        cpu, server_cpu = cpu_seconds(pids), cpu_seconds(place.servers)
        start = time.perf_counter()
        producer.stdin.write("go\n")
        producer.stdin.flush()
        first_tick, first_result, seconds = _wait(watch, count, start, [*workers, producer])
        cpu, server_cpu = cpu_seconds(pids) - cpu, cpu_seconds(place.servers) - server_cpu
        cpu += float(producer.stdout.readline())
    return Measurement(
        system=system.name,
        load=load,
        items=count,
        seconds=seconds,
        first_tick_seconds=first_tick,
        first_result_seconds=first_result,
        cpu_us=cpu / count * 1e6,
        server_cpu_us=server_cpu / count * 1e6,
    )


def _wait(
    watch: Watch, count: int, start: float, processes: list[subprocess.Popen[str]]
) -> tuple[float, float, float]:
    """Seconds until the first tick, the first item done, and all items done."""
    first_tick = first_result = None
    while True:
        done = watch.poll()
        seconds = time.perf_counter() - start
        if first_tick is None and watch.ticked:
            first_tick = seconds
        if first_result is None and done:
            first_result = seconds
        if done >= count:
            break
        if any(process.poll() for process in processes):
            raise ChildProcessError("a process failed")
        if seconds > MAX_SECONDS:
            raise TimeoutError(f"{done} of {count} items after {MAX_SECONDS} s")
    if done > count:
        raise ChildProcessError(f"{done} items were counted, of {count}")
    return first_tick or seconds, first_result or seconds, seconds


def _tail(log: Path) -> str:
    return "\n".join(log.read_text().splitlines()[-20:]) if log.exists() else ""
