"""Redis loses everything, is killed, stays away or hangs in the middle of a batch: it goes on by itself."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from redis import Redis, RedisError

from realtime.publish import outbox
from realtime.publish.circuit import Circuit
from realtime.publish.emitter import Emitter
from settings import Settings
from store import events, users
from store.database import Database
from supervisor import Supervisor
from tasks.broker import QUEUE, Publisher, create_celery
from tests.faults.scene import Scene
from tests.servers import Cable, RedisServer
from tests.system import System
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(150)

# One second after a try of a worker that doubles its pauses, as Celery's own does.
AWAY_SECONDS = 31
RESTARTS = 10
REQUEST_SECONDS = 5


@pytest.fixture
def cable(redis_server: RedisServer) -> Iterator[Cable]:
    """Where a test asks for it, everybody's way to Redis."""
    cable = Cable(redis_server.port)
    yield cable
    cable.close()


@pytest.fixture
def redis_url(redis_server: RedisServer, request: pytest.FixtureRequest) -> str:
    """In this module each test has a Redis of its own."""
    if "cable" not in request.fixturenames:
        return redis_server.url
    cable: Cable = request.getfixturevalue("cable")
    return f"redis://127.0.0.1:{cable.port}/0"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here does not depend on the kind of database."""
    return sqlite_url


@pytest.fixture
def scene(system: System, database: Database) -> Scene:
    return Scene(system, database)


def test_a_batch_outlives_that_redis_is_emptied_and_restarted_again_and_again(
    scene: Scene, redis_server: RedisServer
) -> None:
    batch = scene.start(4000)
    for part in range(1, 6):
        wait_for(lambda least=part * 200: scene.processed(batch) > least, 30, f"{part * 200} items")
        redis_server.flush()
    for _ in range(RESTARTS):
        redis_server.kill()
        time.sleep(random.choice([0, random.uniform(0, 1)]))
        redis_server.start()
        time.sleep(random.uniform(0, 0.5))
    scene.check_end(batch)
    # A worker that no longer listened would take neither of these.
    for _ in range(2):
        scene.check_end(scene.start(100), seconds=15)
    assert "wait for Redis" not in scene.system.log("web")  # Its connection had idled through all that.


def test_a_batch_goes_on_while_redis_is_away_and_a_new_one_starts_when_it_is_back(
    scene: Scene, redis_server: RedisServer
) -> None:
    # With two items in hand and a third message fetched, the worker has to throw away a message that it
    # has not acknowledged; this is what Celery's own consumer dies of.
    batch = scene.start(6000, 0.004, parallel=3)
    wait_for(lambda: scene.processed(batch) > 200, 30, "the first results")
    redis_server.kill()
    back = time.monotonic() + AWAY_SECONDS
    wait_for(lambda: scene.system.health()[0] == 503, 5, "health to notice")
    assert scene.system.health()[1]["redis"]["ok"] is False
    before, started = scene.processed(batch), time.monotonic()
    created = scene.start(200)
    create_seconds = time.monotonic() - started
    assert create_seconds < REQUEST_SECONDS
    wait_for(lambda: scene.processed(batch) > before + 1000, 10, "progress without Redis")
    while time.monotonic() < back:
        assert scene.system.health()[0] == 503
        time.sleep(1)
    redis_server.start()
    returned = time.monotonic()
    wait_for(lambda: scene.system.health()[0] == 200, 10, "health to recover")
    scene.check_end(created, scene.start(100), batch, seconds=8)
    print(f"create {create_seconds:.2f} s while away; all done {time.monotonic() - returned:.1f} s after")


def test_a_hanging_redis_slows_nobody_down(scene: Scene, redis_server: RedisServer) -> None:
    batch = scene.start(3500)
    wait_for(lambda: scene.processed(batch) > 200, 30, "the first results")
    redis_server.signal(signal.SIGSTOP)
    started = time.monotonic()
    created = scene.start(200)
    create_seconds = time.monotonic() - started
    assert create_seconds < REQUEST_SECONDS
    assert scene.system.health()[0] == 503
    before = scene.processed(batch)
    wait_for(lambda: scene.processed(batch) > before + 500, 12, "progress without Redis")
    redis_server.signal(signal.SIGCONT)
    scene.check_end(batch, created)
    print(f"create {create_seconds:.2f} s while Redis hangs")


def messages(client: Redis) -> int:
    """How many messages of all priorities wait."""
    return sum(client.llen(name) for name in client.scan_iter(f"{QUEUE}*", _type="list"))


def test_a_worker_does_not_go_deaf_when_its_acknowledgements_get_lost(
    scene: Scene, redis_server: RedisServer
) -> None:
    """Celery counts what it could not acknowledge in time as unfinished for ever.

    As many as it may fetch ahead of its pool processes, and it fetches nothing any more.
    """
    scene.check_end(scene.start(20))  # Both processes are ready to work.
    with Redis.from_url(scene.system.environment["REDIS_URL"]) as client:
        running = [scene.start(1, 3) for _ in range(2)]
        wait_for(lambda: client.hlen("unacked") + messages(client) == 0, 5, "both processes to be busy")
        fetched = [scene.start(1, 0) for _ in range(2)]
        wait_for(lambda: client.hlen("unacked") == 2, 5, "two messages to be fetched ahead")
    redis_server.signal(signal.SIGSTOP)
    # The processes become free and take the two messages, which are then to be acknowledged.
    log = partial(scene.system.log, "worker-1")
    wait_for(lambda: log().count("Couldn't ack") == 2 or "broker lost" in log(), 20, "the worker to notice")
    redis_server.signal(signal.SIGCONT)
    scene.check_end(*running, *fetched)
    scene.check_end(scene.start(100), seconds=20)


def test_what_is_published_while_nobody_listens_is_not_lost_nor_told_twice(
    system: System, database: Database
) -> None:
    """The worker's Redis is back a moment before the web process has subscribed again."""
    system.start_web()
    listener = system.connect(system.login("owner@example.org"))
    channel = system.environment["SOCKETIO_CHANNEL"]
    emitter = Emitter(system.environment["REDIS_URL"], channel)
    with database.write() as connection:
        user = users.by_email(connection, "owner@example.org")
        assert user is not None
        ids = [
            events.add(
                connection,
                room=f"user:{user.id}",
                event="batch:complete",
                payload={"batchId": f"b{number}"},
            )
            for number in range(3)
        ]
    outbox.deliver(database, emitter, ids[:1])
    wait_for(lambda: listener.of("batch:complete", "b0"), 5, "the first event")
    emitter.redis.client_kill_filter(_type="pubsub")
    wait_for(lambda: emitter.redis.pubsub_numsub(channel)[0][1] == 0, 5, "nobody to listen")
    outbox.deliver(database, emitter, ids[1:])
    wait_for(lambda: listener.of("batch:complete", "b2"), 10, "what was missed")
    # As a sweep does that comes upon an event whose sender died before it could note that it was sent.
    outbox.deliver(database, emitter, ids)
    listener.client.call("join-room", "dashboard")
    told = [data["batchId"] for data in listener.of("batch:complete")]
    assert told == ["b0", "b1", "b2"]
    emitter.redis.close()


def test_connections_that_fall_silent_are_noticed(scene: Scene, cable: Cable) -> None:
    """No packet says that they are gone, as when a cable is pulled or a firewall forgets them."""
    cable.cut()
    batch = scene.start(200)
    started = time.monotonic()
    ended = scene.system.wait_for_end(scene.owner, batch["id"], 30)
    assert ended["successful"] == 200
    wait_for(lambda: scene.listener.of("batch:complete", batch["id"]), 20, "batch:complete")
    print(f"created, done and told {time.monotonic() - started:.1f} s after the connections fell silent")
    scene.check_end(batch)


@pytest.mark.alone
def test_who_needs_a_hanging_redis_waits_for_it_once(redis_server: RedisServer) -> None:
    emitter = Emitter(redis_server.url, "any")
    emitter.broadcast("any", {})
    redis_server.signal(signal.SIGSTOP)
    for most_seconds in (3, 0.05, 0.05):
        started = time.monotonic()
        with pytest.raises(RedisError):
            emitter.broadcast("any", {})
        assert time.monotonic() - started < most_seconds
    redis_server.signal(signal.SIGCONT)
    wait_for(lambda: not emitter.circuit.is_open, 5, "the circuit to close")
    emitter.broadcast("any", {})
    emitter.redis.close()


@pytest.mark.alone
def test_messages_that_redis_did_not_take_are_sent_when_it_is_back(
    redis_server: RedisServer, make_settings: Callable[..., Settings]
) -> None:
    app = create_celery(make_settings())
    publish = Publisher(app, Circuit(redis_server.url, Supervisor()))
    redis_server.kill()
    started = time.monotonic()
    publish([1, 2])
    publish([3])
    assert time.monotonic() - started < 1
    assert publish.take_unsent() == 1
    redis_server.start()
    with Redis.from_url(redis_server.url) as client:
        wait_for(lambda: messages(client) == 2, 5, "what was kept to be sent")
        redis_server.kill()
        redis_server.start()
        publish([4])  # Over a connection that has outlived its server.
        assert messages(client) == 1
    assert publish.take_unsent() is None
    app.pool.force_close_all()  # type: ignore[attr-defined]


@pytest.mark.alone
def test_what_clients_of_one_process_tell_each_other_does_not_wait_for_redis(
    scene: Scene, redis_server: RedisServer
) -> None:
    speaking = scene.system.connect(scene.owner, rooms=["chat"])
    hearing = scene.system.connect(scene.system.login("other@example.org"), rooms=["chat"])
    redis_server.kill()
    wait_for(lambda: scene.system.health()[0] == 503, 10, "the process to notice")
    for number in range(1, 6):
        assert speaking.client.call("chat:typing", {"room": "chat", "isTyping": True})["success"]
        wait_for(lambda least=number: len(hearing.of("chat:typing")) >= least, 0.5, "that somebody types")
