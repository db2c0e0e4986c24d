"""Batchwire beside plain Celery, RQ, Dramatiq, Huey, BullMQ and a plain loop, in the same run.

    make bench                          everything, three rounds
    make bench ARGS="--quick"           a smoke run, whose figures mean nothing
    make bench ARGS="--only rq huey --rounds 1"

Each round runs every system once, one after the other, each with two worker processes and a Redis of its
own. docs/performance.md says what is measured and what the figures are worth.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import sys
import tempfile
from pathlib import Path

from benchmarks.calibration import busy_items_per_second
from benchmarks.docs import write_docs
from benchmarks.measuring import measure_system
from benchmarks.processes import end_on_sigterm
from benchmarks.results import Results
from benchmarks.servers import redis_server
from benchmarks.system import BUSY, LOADS, Place, System, Unavailable
from benchmarks.tables import terminal
from benchmarks.versions import versions

MODULES = ("batchwire", "plain_loop", "celery", "rq", "dramatiq", "huey", "bullmq")
COUNTS = re.compile(r"[1-9]\d*(,[1-9]\d*)?")
FAILED = "it failed"
QUICK_DIVISOR = 20
QUICK_CALIBRATION_SECONDS = 0.3


def main() -> None:
    """Measures, or reads what was measured, and shows it."""
    end_on_sigterm()
    systems = [
        one for name in MODULES for one in importlib.import_module(f"benchmarks.systems.{name}").SYSTEMS
    ]
    options = _parse([system.name for system in systems])
    if options.read:
        results = Results.read(options.read)
    else:
        chosen = [system for system in systems if not options.only or system.name in options.only]
        results = compare(chosen, options)
    print(f"\n{terminal(results, systems)}")
    if options.json:
        results.write(options.json)
    if options.write_docs:
        write_docs(results, systems)
    if FAILED in results.skipped.values():
        sys.exit(1)


def compare(systems: list[System], options: argparse.Namespace) -> Results:
    """Round after round, all systems in each."""
    skipped = _check(systems)
    results = Results(options.rounds, os.cpu_count() or 1, versions(), skipped=skipped)
    for number in range(1, options.rounds + 1):
        print(f"round {number} of {options.rounds}", flush=True)
        if BUSY in options.load:
            seconds = [QUICK_CALIBRATION_SECONDS] if options.quick else []
            results.busy_limits.append(busy_items_per_second(*seconds))
        for system in systems:
            if system.name not in results.skipped:
                _measure(system, options, results)
    return results


def _measure(system: System, options: argparse.Namespace, results: Results) -> None:
    counts = _counts(system, options)
    with (
        tempfile.TemporaryDirectory(prefix="batchwire-bench-") as name,
        redis_server(Path(name)) as (url, pid),
    ):
        try:
            found = measure_system(system, Place(Path(name), url, {"REDIS_URL": url}, (pid,)), counts)
        except RuntimeError as error:
            print(error, file=sys.stderr)
            results.skipped[system.name] = FAILED
            return
    results.measurements += found
    rates = ", ".join(f"{one.load} {one.rate:,.0f} items/s" for one in found)
    print(f"  {system.title}: {rates}", flush=True)


def _counts(system: System, options: argparse.Namespace) -> dict[str, int]:
    divisor = QUICK_DIVISOR if options.quick else 1
    counts = {load: max(1, count // divisor) for load, count in system.items.items()}
    counts |= options.items.get(system.name, {})
    return {load: count for load, count in counts.items() if load in options.load and load in system.items}


def _check(systems: list[System]) -> dict[str, str]:
    skipped = {}
    for system in systems:
        try:
            system.check()
        except Unavailable as reason:
            skipped[system.name] = str(reason)
    return skipped


def _parse(names: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "benchmarks",
        description=__doc__,
        epilog=f"systems: {', '.join(names)}",
        formatter_class=argparse.RawTextHelpFormatter,
    )
    add = parser.add_argument
    add("--rounds", type=int, help="3, or 1 with --quick")
    add("--only", nargs="+", metavar="NAME", choices=names, default=[], help="only these systems")
    add("--load", nargs="+", choices=LOADS, default=list(LOADS), help="only these loads")
    add("--items", nargs="+", metavar="NAME=NOOP[,BUSY]", default=[], help="other numbers of items")
    add("--quick", action="store_true", help="one round with a twentieth of the items")
    add("--json", type=Path, metavar="FILE", help="store the results")
    add("--read", type=Path, metavar="FILE", help="measure nothing, show stored results")
    add("--write-docs", action="store_true", help="put table and plot into docs/")
    options = parser.parse_args()
    options.rounds = options.rounds or (1 if options.quick else 3)
    try:
        options.items = dict(_item_counts(text, names) for text in options.items)
    except ValueError as error:
        parser.error(str(error))
    return options


def _item_counts(text: str, names: list[str]) -> tuple[str, dict[str, int]]:
    name, _, counts = text.partition("=")
    if name not in names or not COUNTS.fullmatch(counts):
        raise ValueError(f"{text}: must look like rq=2000 or rq=2000,500")
    return name, dict(zip(LOADS, map(int, counts.split(",")), strict=False))


if __name__ == "__main__":
    main()
