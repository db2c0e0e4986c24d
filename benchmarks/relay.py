"""The way of an event from Redis to its clients, beside Node's socket.io and a plain Flask-SocketIO.

    make bench-relay                                  everything, three rounds
    make bench-relay ARGS="--quick"                   a smoke run, whose figures mean nothing
    make bench-relay ARGS="--only batchwire node --load room"

Each round runs every system once for each load, one after the other, with a Redis of its own. The clients are
one program for all: it publishes in Redis what each system's own emitter has formed, and counts what comes.
docs/performance.md says what is measured. Exits with 1 where a target is not reached.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import relaying
from benchmarks.processes import end_on_sigterm
from benchmarks.relay_report import terminal, write_relay_docs
from benchmarks.relay_results import RelayResults
from benchmarks.relay_system import ROOM, Relay
from benchmarks.relaying import Running, Sizes, serving
from benchmarks.servers import redis_server
from benchmarks.system import Place, Unavailable
from benchmarks.versions import relay_versions

MODULES = ("node", "batchwire", "flask_socketio")
QUICK_DIVISOR = 20

LOADS: dict[str, Callable[[Running, Sizes], dict[str, float]]] = {
    "latency": relaying.emitted_latency,
    "burst": relaying.burst,
    "one": lambda server, sizes: {"one_per_s": relaying.deliveries(server, 1, sizes.events(100_000), ROOM)},
    "room": lambda server, sizes: {
        "room_per_s": relaying.deliveries(server, sizes.room, sizes.events(10_000), ROOM)
    },
    "broadcast": lambda server, sizes: {
        "broadcast_per_s": relaying.deliveries(server, sizes.clients, sizes.events(1_000), None)
    },
    "last": lambda server, sizes: {"broadcast_last_ms": relaying.broadcast_to_last(server, sizes)},
    "connects": lambda server, sizes: {"connects_per_s": relaying.connects(server, sizes)},
    "idle": lambda server, sizes: {"idle_kib": relaying.idle_kib(server, sizes)},
}


def main() -> None:
    """Measures, or reads what was measured, and shows it."""
    end_on_sigterm()
    relays = [one for name in MODULES for one in importlib.import_module(f"benchmarks.relays.{name}").RELAYS]
    options = _parse([relay.name for relay in relays])
    if options.read:
        results = RelayResults.read(options.read)
    else:
        results = compare([one for one in relays if not options.only or one.name in options.only], options)
    print(f"\n{terminal(results)}")
    if options.json:
        results.write(options.json)
    if options.write_docs:
        write_relay_docs(results)
    broken = [] if options.quick else results.broken()
    for target in broken:
        print(f"BROKEN: {target}")
    sys.exit(1 if broken else 0)


def compare(relays: list[Relay], options: argparse.Namespace) -> RelayResults:
    """Round after round; in each, all systems one after the other for each load."""
    titles = {relay.name: relay.title for relay in relays}
    results = RelayResults(options.rounds, os.cpu_count() or 1, relay_versions(), titles)
    for relay in relays:
        try:
            relay.check()
        except Unavailable as reason:
            results.skipped[relay.name] = str(reason)
    sizes = Sizes(QUICK_DIVISOR if options.quick else 1)
    for number in range(1, options.rounds + 1):
        print(f"round {number} of {options.rounds}", flush=True)
        for load in options.load:
            for relay in relays:
                if relay.name not in results.skipped:
                    _measure(relay, load, sizes, results)
    return results


def _measure(relay: Relay, load: str, sizes: Sizes, results: RelayResults) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="batchwire-relay-") as name,
        redis_server(Path(name)) as (url, pid),
        relay.prepare(Place(Path(name), url, {"REDIS_URL": url}, (pid,))) as place,
        serving(relay, place) as server,
    ):
        found = LOADS[load](server, sizes)
    results.add(relay.name, found)
    print(f"  {relay.title}: {'  '.join(f'{key} {value:,.2f}' for key, value in found.items())}", flush=True)


def _parse(names: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "benchmarks.relay", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--rounds", type=int, help="3, or 1 with --quick")
    add("--only", nargs="+", metavar="NAME", choices=names, default=[], help="only these systems")
    add(
        "--load", nargs="+", metavar="LOAD", choices=LOADS, default=list(LOADS), help=f"of {', '.join(LOADS)}"
    )
    add("--quick", action="store_true", help="one round with a twentieth of everything")
    add("--json", type=Path, metavar="FILE", help="store the results")
    add("--read", type=Path, metavar="FILE", help="measure nothing, show stored results")
    add("--write-docs", action="store_true", help="put table and plot into docs/")
    options = parser.parse_args()
    options.rounds = options.rounds or (1 if options.quick else 3)
    return options


if __name__ == "__main__":
    main()
