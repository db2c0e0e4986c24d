"""The real loops of web and worker processes: an error that nobody has foreseen ends none, and is seen."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import RedisError
from redis.client import PubSub

from compat import manager_of
from realtime.features import chat, dashboard
from realtime.features.chat import Chat
from realtime.features.dashboard import Dashboard
from realtime.publish import circuit, heartbeats
from realtime.publish.circuit import Circuit
from realtime.publish.outbox import Message
from realtime.publish.ticker import Ticker
from realtime.sessions import connections
from realtime.sessions.connections import Connection, Connections
from realtime.sessions.tokens import Identity
from realtime.transport import direct, listener
from realtime.transport.feed import Feed
from settings import Settings
from store.leases import Lease
from supervisor import Loop, Report, Supervisor
from tasks.engine import heartbeat, recovery
from tasks.engine.heartbeat import LeaseHeartbeat
from tasks.engine.recovery import Recovery
from tests.realtime.test_ticker import tick
from tests.waiting import wait_for
from tests.webapp import test_http
from tests.webapp.test_http import login
from tests.webapp.test_system import add_worker
from webapp.app import create_app
from webapp.process import loops, monitor
from webapp.process.monitor import Monitor
from webapp.services import Services

client = test_http.client

UNFORESEEN = "nobody has foreseen this"
SHORT = 0.02
# Each loop, and what is called in each of its runs.
LOOPS: dict[str, tuple[Any, str]] = {
    "presence": (Connections, "report"),
    "session-review": (Connections, "review"),
    "chat": (Chat, "sweep"),
    "dashboard": (Dashboard, "publish"),
    "feed": (Feed, "_catch_up"),
    "monitor": (Monitor, "look"),
    "pings": (direct, "send_pings"),
    "process-heartbeat": (heartbeats, "say_alive"),
    "recovery": (Recovery, "look"),
    "lease-heartbeat": (LeaseHeartbeat, "beat"),
    "ticker": (Ticker, "_send"),
    "redis-probe": (circuit, "_connect"),
}
INTERVALS = (
    (connections, "REPORT_SECONDS"),
    (connections, "REVIEW_SECONDS"),
    (chat, "SWEEP_SECONDS"),
    (dashboard, "SECONDS"),
    (listener, "LOOK_SECONDS"),
    (listener, "RETRY_SECONDS"),
    (monitor, "LOOK_SECONDS"),
    (direct, "PING_CHECK_SECONDS"),
    (heartbeats, "SAY_SECONDS"),
    (heartbeat, "BEAT_SECONDS"),
    (circuit, "PROBE_SECONDS"),
)


@pytest.fixture
def services(
    make_settings: Callable[..., Settings], sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Services]:
    """A web process with short intervals, to which Redis brings nothing."""
    for module, name in INTERVALS:
        monkeypatch.setattr(module, name, SHORT)
    app = create_app(make_settings(database_url=sqlite_url, recovery_seconds=SHORT))
    services: Services = app.extensions["batchwire"]
    manager = manager_of(services.socketio.server)
    manager.initialize = lambda: None  # The library would start a thread that nobody ends.
    manager.feed.catch_up = lambda: None  # The first look is not one of the loop's.
    yield services
    services.engine.supervisor.stop(5)
    services.engine.close()


def some_lease() -> Lease:
    empty: dict[str, Any] = dict.fromkeys(Lease.__dataclass_fields__)
    return Lease(**empty | {"chunk_id": 7, "batch_id": "b1"})


def start_loop(name: str, services: Services) -> None:
    """Starts the loop, as whoever needs it does."""
    engine = services.engine
    if name == "ticker":
        engine.ticker.offer("u1", tick(1))
        engine.ticker.offer("u1", tick(2, "b2"))
    elif name == "lease-heartbeat":
        engine.heartbeat.drop(engine.heartbeat.hold(some_lease()))
    elif name == "recovery":
        recovery.start(engine)
    elif name == "process-heartbeat":
        heartbeats.keep_saying(engine.emitter, "worker", "w1", {})
    elif name == "redis-probe":
        engine.emitter.circuit.trip(RedisError("away"))
    else:
        loops.start_loops(services)


def fail_once(monkeypatch: pytest.MonkeyPatch, target: Any, name: str) -> Callable[[], int]:
    """Has the first call raise, and those after it do what they always do; tells how many there were."""
    original, calls = getattr(target, name), []

    def wrapped(*arguments: Any, **options: Any) -> Any:
        calls.append(name)
        if len(calls) == 1:
            raise RuntimeError(UNFORESEEN)
        return original(*arguments, **options)

    monkeypatch.setattr(target, name, wrapped)
    return lambda: len(calls)


def find(supervisor: Supervisor, name: str) -> Report | None:
    return next((one for one in supervisor.reports() if one.name == name), None)


@pytest.mark.parametrize("name", LOOPS)
def test_an_error_that_nobody_has_foreseen_ends_no_loop(
    name: str, services: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls = fail_once(monkeypatch, *LOOPS[name])
    start_loop(name, services)
    wait_for(lambda: calls() >= 2, 10, f"{name} to go on")
    assert f"{name} failed and goes on: RuntimeError: {UNFORESEEN}" in caplog.messages
    if name == "redis-probe":  # It has found Redis, and is done.
        wait_for(lambda: not services.engine.emitter.circuit.is_open, 10, "Redis")
        return
    report = wait_for(lambda: find(services.engine.supervisor, name), 5, "the loop")
    assert (report.failures, report.last_error) == (1, f"RuntimeError: {UNFORESEEN}")
    assert not report.is_overdue


def test_the_listener_goes_on_too_in_the_thread_of_the_library(
    services: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failures = iter((RuntimeError(UNFORESEEN), RedisError("away"), RedisError("away")))
    receive = listener.Listener._receive

    def fail_thrice(one: listener.Listener, pubsub: PubSub, loop: Loop) -> Iterator[bytes]:
        if error := next(failures, None):
            raise error
        return receive(one, pubsub, loop)

    monkeypatch.setattr(listener.Listener, "_receive", fail_thrice)
    redis, over = services.engine.emitter.redis, threading.Event()

    def say() -> None:
        while not over.wait(0.02):
            redis.publish(services.engine.emitter.channel, "something")

    with ThreadPoolExecutor(1) as pool:
        pool.submit(say)
        messages = manager_of(services.socketio.server)._listen()
        assert [next(messages), next(messages)] == [b"something"] * 2
        over.set()
    report = find(services.engine.supervisor, "listener")
    assert report
    assert (report.failures, report.last_error, report.is_overdue) == (3, "RedisError: away", False)
    assert f"listener failed and goes on: RuntimeError: {UNFORESEEN}" in caplog.messages
    messages.close()


def test_a_tick_that_cannot_be_sent_holds_up_nothing_that_follows_it(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticker, seen = services.engine.ticker, []
    fail_once(monkeypatch, Ticker, "_send")
    with pytest.raises(RuntimeError):
        ticker.finish("u1", tick(1), then=lambda: seen.append(1))
    assert (seen, ticker._unfinished) == ([1], 0)
    with pytest.raises(ZeroDivisionError):
        ticker.finish("u2", tick(1, "b2"), then=lambda: 1 / 0)
    assert ticker._unfinished == 0


def test_items_that_hang_are_ended_whatever_is_wrong_with_their_leases(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[bool] = []
    engine = services.engine
    care = LeaseHeartbeat(engine.database, 8, 0.0, engine.supervisor, lambda: ended.append(True))
    held = care.hold(some_lease())
    held.since = held.stopped_at = 0.0
    held.stop.set()

    def renew(*_: Any) -> None:
        raise RuntimeError(UNFORESEEN)

    monkeypatch.setattr(LeaseHeartbeat, "_renew", renew)
    wait_for(lambda: ended, 5, "the end of the process")


def test_connections_are_ended_although_one_cannot_be(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, ended = services.connections, []
    for sid in ("odd", "late"):
        live.add(sid, Connection(Identity("u1", (), 0)))

    def end(_: Connections, sid: str, code: str) -> None:
        ended.append((sid, code))
        if sid == "odd":
            raise RuntimeError(UNFORESEEN)

    monkeypatch.setattr(Connections, "end", end)
    live.review()
    assert ended == [("odd", "token_expired"), ("late", "token_expired")]


def test_everybody_is_told_which_loops_run_and_only_admins_what_went_wrong(client: FlaskClient) -> None:
    services: Services = client.application.extensions["batchwire"]
    engine = services.engine
    add_worker(engine)
    for kind, name in (("web", "web-loop"), ("worker", "worker-loop")):
        supervisor = engine.supervisor if kind == "web" else Supervisor()
        supervisor.watch(2.0, name).fail(RuntimeError(UNFORESEEN))
        if kind == "worker":
            state = heartbeats.about_loops(supervisor)
            heartbeats.say_alive(engine.emitter.redis, engine.emitter.channel, "worker", "w1", state)
    answer = client.get("/api/health")
    assert answer.status_code == 200
    assert UNFORESEEN not in answer.text
    assert answer.json
    (shown,) = answer.json["loops"]["list"]
    assert (answer.json["loops"]["ok"], answer.json["loops"]["error"]) == (True, None)
    assert (shown["name"], shown["failures"], shown["isOverdue"]) == ("web-loop", 1, False)
    assert shown["lastRunAt"]
    assert client.get("/api/admin/processes", headers=login(client)).status_code == 403
    found = client.get("/api/admin/processes", headers=login(client, "admin")).json or {}
    for kind, name in (("web", "web-loop"), ("workers", "worker-loop")):
        ((loop,),) = [one["loops"] for one in found[kind]]
        assert loop["lastRunAt"]
        assert loop["lastErrorAt"]
        assert {key: loop[key] for key in ("name", "seconds", "runs", "failures", "lastError")} == {
            "name": name,
            "seconds": 2.0,
            "runs": 1,
            "failures": 1,
            "lastError": f"RuntimeError: {UNFORESEEN}",
        }


def test_a_process_in_which_a_loop_hangs_is_not_healthy(client: FlaskClient) -> None:
    services: Services = client.application.extensions["batchwire"]
    add_worker(services.engine)
    loop = services.engine.supervisor.watch(1.0, "some-work")
    assert client.get("/api/health").status_code == 200
    loop.touched -= 11
    answer = client.get("/api/health")
    assert (answer.status_code, (answer.json or {})["status"]) == (503, "degraded")
    assert (answer.json or {})["loops"]["error"] == "Overdue: some-work"
    loop.succeed()
    assert client.get("/api/health").status_code == 200


class Rooms(set[str]):
    """Rooms that another thread changes at each step of whoever goes through them."""

    def __iter__(self) -> Iterator[str]:
        for number, room in enumerate(super().__iter__()):
            self.add(f"more-{number}")
            yield room


def test_rooms_are_counted_while_other_threads_change_them(services: Services) -> None:
    live = services.connections
    live.add("s1", Connection(None, "10.0.0.1", rooms=Rooms({"chat", "dashboard"})))
    assert live._own()["rooms"] == {"chat": 1, "dashboard": 1}


class Slow(Counter[str]):
    """Counts between whose reading and writing other threads come."""

    def __getitem__(self, key: str) -> int:
        count = super().__getitem__(key)
        time.sleep(0.001)
        return count


def test_connections_of_many_threads_are_counted_to_the_last(services: Services) -> None:
    live = services.connections
    live._by_address, live._by_user = Slow(), Slow()

    sids = [f"s{number}" for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda sid: live.add(sid, Connection(None, "10.0.0.1")), sids))
        assert dict(live._by_address) == {"10.0.0.1": 40}
        list(pool.map(live.remove, sids))
    assert (dict(live._by_address), dict(live._by_user), live.by_sid) == ({}, {}, {})


class Ahead(dict[str, int]):
    """Clients that are ahead, of whom another leaves at each step of whoever goes through them."""

    def items(self) -> Any:
        for one in super().items():
            self.popitem()
            yield one


def test_events_are_given_out_while_other_threads_leave(services: Services) -> None:
    feed, given = Feed(services.engine.database), []
    feed._ahead = Ahead(a=10, b=10, c=0)
    feed.give = lambda message, skip_sids: given.append(skip_sids)
    feed._give_out(Message(5, "any", {}, None))
    assert given == [["a", "b"]]


def test_the_circuit_calls_everybody_although_one_fails(services: Services) -> None:
    emitter, called = services.engine.emitter, threading.Event()
    guarded = Circuit(services.settings.effective_redis_url, emitter.supervisor)
    guarded.on_closed(lambda: 1 / 0)
    guarded.on_closed(called.set)
    guarded.trip(RedisError("away"))
    assert called.wait(10)
    assert not guarded.is_open
