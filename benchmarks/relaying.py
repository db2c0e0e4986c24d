"""What is measured of a relay: one function for each figure, the same load for every system."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil

from benchmarks.crowd import Crowd, CrowdedOut, Heard
from benchmarks.processes import running
from benchmarks.publisher import NUMBERED, PLACEHOLDER, Publisher
from benchmarks.relay_system import ROOM, Relay
from benchmarks.system import Place
from local.ports import free_port

# The state of a batch, about as large as a real one.
EVENT_DATA = {
    "number": PLACEHOLDER,
    "batchId": "019378c0-5a5c-7c4e-9d53-1f2e3d4c5b6a",
    "version": 412,
    "status": "running",
    "progress": 41.7,
    "processed": 6255,
    "total": 15000,
    "successful": 6101,
    "failed": 12,
    "skipped": 142,
    "rate": 1830.4,
    "etaSeconds": 4.8,
    "message": "Annotating functions",
    "timestamp": "2026-11-24T12:00:00.000Z",
}
SENT = rb'"sentNs":(\d+)'
EMITTED, EMIT_PAUSE_MS = 1_000, 4
BURST, BURST_SLICE = 10_000, 100
# So many events at most are under way, else Redis cuts off whoever falls behind.
WINDOW, WINDOW_SLICE = 2_000, 100
# Between two reads, so that the load takes what has come at once and leaves the processor to the server.
REST_SECONDS = 0.002
BROADCASTS = 30
SILENCE_SECONDS = 20
PROBE_SECONDS = 0.2
START_SECONDS = 30
WARM_UP_CLIENTS, SETTLE_SECONDS = 200, 2.0
# A plain eventlet server takes 1,024 clients and no more.
IDLE_WARM_UP_CLIENTS = 20


@dataclass(frozen=True)
class Sizes:
    """How much is sent: `divisor` makes it less for a smoke run."""

    divisor: int = 1

    @property
    def clients(self) -> int:
        """In a broadcast, and when connections are counted."""
        return 1_000 // self.divisor

    @property
    def room(self) -> int:
        """Clients in a room."""
        return 100 // self.divisor

    def events(self, count: int) -> int:
        """So many events, or fewer."""
        return max(count // self.divisor, 20)


class Running:
    """A server under load."""

    def __init__(self, relay: Relay, place: Place, port: int, process: psutil.Process) -> None:
        self.relay, self.place, self.port, self.process = relay, place, port, process

    def crowd(
        self, pattern: bytes = NUMBERED, *, rooms: tuple[str, ...] = (ROOM,), deflate: bool = False
    ) -> Crowd:
        """Clients of this server, none yet."""
        return Crowd(self.port, pattern, rooms=list(rooms), offers_deflate=deflate)

    def publisher(self, crowd: Crowd, room: str | None = ROOM) -> Publisher:
        """Sends to the room, or to all; what it sends arrives from now on, which the first events may not."""
        publisher = Publisher(self.place.redis_url, *self.relay.record(self.place, room, EVENT_DATA))
        deadline = time.monotonic() + SILENCE_SECONDS
        while not crowd.listen(PROBE_SECONDS):
            publisher.publish(0, 1)
            if time.monotonic() > deadline:
                raise CrowdedOut("no event arrives")
        while crowd.listen(PROBE_SECONDS):
            pass
        for member in crowd.members:
            member.heard = 0
        return publisher


@contextmanager
def serving(relay: Relay, place: Place) -> Iterator[Running]:
    """A server that has just begun to answer."""
    port = free_port()
    with running(relay.server(port), place.directory / "server.log", place.environment) as process:
        wait_for_server(port, process, place.directory / "server.log")
        yield Running(relay, place, port, psutil.Process(process.pid))


def emitted_latency(server: Running, sizes: Sizes) -> dict[str, float]:
    """From the call in a worker until a client has it, with nothing else to do; in milliseconds."""
    count = sizes.events(EMITTED)
    taken: list[float] = []

    def heard(sent: list[bytes]) -> None:
        now = time.monotonic_ns()
        taken.extend((now - int(one)) / 1e6 for one in sent)

    log, environment = server.place.directory / "emitter.log", server.place.environment
    with (
        server.crowd(SENT) as crowd,
        running(server.relay.emitter(), log, environment, pipes=True) as emitter,
    ):
        assert emitter.stdin
        assert emitter.stdout
        emitter.stdout.readline()
        crowd.connect(1)
        for wanted in (count // 10, count):  # The first tenth warms up.
            taken.clear()
            emitter.stdin.write(f"{wanted} {EMIT_PAUSE_MS}\n")
            emitter.stdin.flush()
            until(crowd, lambda wanted=wanted: len(taken) >= wanted, heard)  # type: ignore[misc]
    return {"latency_p50_ms": _percentile(taken, 50), "latency_p99_ms": _percentile(taken, 99)}


def burst(server: Running, sizes: Sizes) -> dict[str, float]:
    """Ten thousand events at once to one client: how late they are, in milliseconds."""
    count = sizes.events(BURST)
    sent = [0.0] * count
    taken: list[float] = []

    def heard(numbers: list[bytes]) -> None:
        now = time.perf_counter()
        taken.extend((now - sent[int(number)]) * 1000 for number in numbers)

    with server.crowd() as crowd:
        crowd.connect(1)
        publisher = server.publisher(crowd)
        for first in range(0, count, BURST_SLICE):
            some = min(BURST_SLICE, count - first)
            sent[first : first + some] = [time.perf_counter()] * some
            publisher.publish(first, some)
            crowd.listen(0, heard)
        until(crowd, lambda: len(taken) >= count, heard)
        publisher.close()
    return {
        "burst_p50_ms": _percentile(taken, 50),
        "burst_p99_ms": _percentile(taken, 99),
        "burst_first_ms": taken[0],
    }


def deliveries(server: Running, clients: int, events: int, room: str | None) -> float:
    """Events that reach a client per second, summed over all clients."""
    with server.crowd() as crowd:
        crowd.connect(clients)
        publisher = server.publisher(crowd, room)
        wanted, total, published = clients * events, 0, 0
        start = quiet = time.perf_counter()
        while total < wanted:
            while published < events and published - total / clients < WINDOW - WINDOW_SLICE:
                some = min(WINDOW_SLICE, events - published)
                publisher.publish(published, some)
                published += some
            time.sleep(REST_SECONDS)
            heard = crowd.listen(0.1)
            total += heard
            now = time.perf_counter()
            quiet = now if heard else quiet
            if now - quiet > SILENCE_SECONDS:
                raise CrowdedOut(f"{total:,} of {wanted:,} events arrived")
        publisher.close()
        if {one.heard for one in crowd.members} != {events}:
            raise CrowdedOut("somebody got an event twice, and another one none")
        return wanted / (now - start)


def broadcast_to_last(server: Running, sizes: Sizes) -> float:
    """Until the last of a thousand clients has an event that goes to all; the median, in milliseconds."""
    with server.crowd(rooms=()) as crowd:
        crowd.connect(sizes.clients)
        publisher = server.publisher(crowd, None)
        taken = []
        for number in range(sizes.events(BROADCASTS)):
            start = time.perf_counter()
            publisher.publish(number, 1)
            heard = 0
            while heard < sizes.clients:
                heard += crowd.listen(1)
            taken.append((time.perf_counter() - start) * 1000)
        publisher.close()
    return statistics.median(taken)


def connects(server: Running, sizes: Sizes) -> float:
    """Clients that come in per second, fifty at a time."""
    with server.crowd() as crowd:
        crowd.connect(min(WARM_UP_CLIENTS, sizes.clients))
    time.sleep(SETTLE_SECONDS)
    with server.crowd() as crowd:
        return sizes.clients / crowd.connect(sizes.clients)


def idle_kib(server: Running, sizes: Sizes) -> float:
    """Memory that a connection takes which does nothing and has offered compression, in KiB."""
    with server.crowd(deflate=True) as crowd:
        crowd.connect(IDLE_WARM_UP_CLIENTS)
        before = _settled_rss(crowd, server)
        crowd.connect(sizes.clients)
        return (_settled_rss(crowd, server) - before) / sizes.clients / 1024


def _settled_rss(crowd: Crowd, server: Running) -> int:
    end = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < end:
        crowd.listen(0.1)
    return int(server.process.memory_info().rss)


def until(crowd: Crowd, done: Callable[[], bool], heard: Heard | None = None) -> None:
    """Reads what comes until it is enough.

    Raises:
        CrowdedOut: Nothing came for a while.
    """
    quiet = time.monotonic()
    while not done():
        if crowd.listen(0.5, heard):
            quiet = time.monotonic()
        elif time.monotonic() - quiet > SILENCE_SECONDS:
            raise CrowdedOut("events do not arrive")


def _percentile(values: list[float], part: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[part - 1]


def wait_for_server(port: int, process: subprocess.Popen[str], log: Path) -> None:
    """Returns once the server answers."""
    deadline = time.monotonic() + START_SECONDS
    url = f"http://127.0.0.1:{port}/socket.io/?EIO=4&transport=polling"
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urlopen(url, timeout=1).close()
        except HTTPError:  # It does not like the question, but it answers.
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise CrowdedOut(f"the server does not answer: {log.read_text()[-2000:]}")
