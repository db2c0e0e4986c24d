"""What admins are told of processes and connections, in process; and that nobody else is."""

from __future__ import annotations

import time
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from realtime.publish import heartbeats
from realtime.sessions.connections import Connection, Connections
from realtime.sessions.presence import Presence, connections
from realtime.sessions.tokens import Identity
from store.clock import now_ms
from store.tables import chunks
from tasks.broker import queue_lengths
from tests.webapp import test_http
from tests.webapp.test_http import create, login
from webapp.services import Services

client = test_http.client
PATHS = ("/api/admin/processes", "/api/admin/connections")


@pytest.fixture
def services(client: FlaskClient) -> Services:
    found: Services = client.application.extensions["batchwire"]
    return found


@pytest.fixture
def live(services: Services) -> Connections:
    """The connections of this process, of which Redis was told."""
    emitter = services.engine.emitter
    heartbeats.say_alive(
        emitter.redis, emitter.channel, "web", services.connections.process, services.connections._own()
    )
    return services.connections


def get(client: FlaskClient, path: str, name: str = "admin") -> dict[str, Any]:
    answer = client.get(path, headers=login(client, name))
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def connect(live: Connections, sid: str, user_id: str = "", address: str = "10.0.0.1", *rooms: str) -> None:
    identity = Identity(user_id, (), int(time.time()) + 60) if user_id else None
    live.add(sid, Connection(identity, address))
    for room in rooms:
        live.joined(sid, room)
    live._presence.write(live.by_sid)


@pytest.mark.parametrize("path", PATHS)
def test_it_is_for_admins_only(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 401
    assert client.get(path, headers=login(client)).status_code == 403
    assert client.delete("/api/admin/connections/x", headers=login(client)).status_code == 403


def test_queues_and_what_workers_have_in_hand_are_told(client: FlaskClient, services: Services) -> None:
    engine = services.engine
    heartbeats.say_alive(
        engine.emitter.redis, engine.emitter.channel, "worker", "m1:7", {"host": "m1", "pid": 7}
    )
    heartbeats.say_alive(engine.emitter.redis, engine.emitter.channel, "worker", "older", {})
    batch = create(client, login(client), operation="mixed", items=["a", "b"], priority="low", name="Prices")
    values = {"state": "leased", "worker": "m1:7", "lease_until_ms": now_ms() + 60_000}
    with engine.database.write() as connection:
        connection.execute(update(chunks).where(chunks.c.batch_id == batch["id"]).values(values))
    found = get(client, PATHS[0])
    idle, busy = sorted(found["workers"], key=lambda one: len(one["inHand"]))
    assert (idle["host"], idle["pid"], idle["inHand"]) == ("older", None, [])
    assert busy["inHand"] == [{"batchId": batch["id"], "batchName": "Prices", "isPlanning": False}]
    by_priority = {one["priority"]: one for one in found["queues"]}
    assert list(by_priority) == ["high", "normal", "low"]
    assert (by_priority["low"]["runningBatches"], by_priority["low"]["chunksInHand"]) == (1, 2)
    assert (by_priority["high"]["runningBatches"], by_priority["high"]["chunksInHand"]) == (0, 0)
    (web,) = found["web"]
    assert web["pid"]


def test_messages_are_counted_where_celery_puts_them(client: FlaskClient, services: Services) -> None:
    before = queue_lengths(services.engine.emitter.redis)
    for priority, count in enumerate((1, 2, 3)):
        services.engine.publish(list(range(count)), priority)
    after = queue_lengths(services.engine.emitter.redis)
    assert [one - other for one, other in zip(after, before, strict=True)] == [1, 2, 3]


def test_connections_are_listed_found_and_paged(
    client: FlaskClient, services: Services, live: Connections
) -> None:
    owner_id = get(client, "/api/auth/me", "owner")["user"]["id"]
    connect(live, "s1", owner_id, "10.0.0.1", "dashboard", "chat")
    connect(live, "s2", "", "10.0.0.2")
    connect(live, "s3", "somebody deleted", "10.0.0.3")
    found = get(client, PATHS[1])
    assert found["total"] == 3
    by_id = {one["id"]: one for one in found["connections"]}
    assert by_id["s1"]["rooms"] == ["chat", "dashboard"]
    assert by_id["s1"]["user"]["email"] == "owner@example.org"
    assert by_id["s2"]["user"] is None
    assert by_id["s3"]["user"]["name"] == "somebody deleted"
    for text in ("OWNER@example", "dashb", "10.0.0.1", "s1"):
        assert [one["id"] for one in get(client, f"{PATHS[1]}?q={text}")["connections"]] == ["s1"]
    page = get(client, f"{PATHS[1]}?limit=1&offset=1")
    assert (len(page["connections"]), page["total"]) == (1, 3)
    live.left("s1", "chat")
    live.remove("s2")
    live._presence.write(live.by_sid)
    found = get(client, PATHS[1])
    assert {one["id"]: one["rooms"] for one in found["connections"]} == {"s1": ["dashboard"], "s3": []}


def test_a_connection_that_is_not_there_cannot_be_ended(client: FlaskClient, live: Connections) -> None:
    answer = client.delete("/api/admin/connections/none", headers=login(client, "admin"))
    assert answer.status_code == 404


def test_presence_writes_only_changes_and_everything_after_a_loss(
    services: Services, live: Connections
) -> None:
    emitter = services.engine.emitter
    presence = Presence(emitter, live.process)
    entries = {sid: Connection(None, sid) for sid in ("a", "b")}
    for sid in entries:
        presence.change(sid)
    presence.write(entries)
    (key,) = emitter.redis.keys(f"batchwire:{emitter.channel}:connections:*")
    emitter.redis.hset(key, "b", orjson.dumps(entries["b"].entry() | {"address": "kept"}))
    entries["a"].rooms.add("chat")
    presence.change("a")
    presence.write(entries)
    found = {one["id"]: one for one in connections(emitter.redis, emitter.channel)}
    assert (found["a"]["rooms"], found["b"]["address"]) == (["chat"], "kept")
    emitter.redis.delete(key)
    presence.write(entries)
    assert {one["id"] for one in connections(emitter.redis, emitter.channel)} == {"a", "b"}
    presence.change("a")
    presence.change("b")
    presence.write({})
    assert connections(emitter.redis, emitter.channel) == []
    presence.change("gone before it was written")
    presence.write({})
    assert not presence._changed


def test_what_changes_while_presence_is_written_is_written_with_the_next_report(
    services: Services, live: Connections
) -> None:
    emitter = services.engine.emitter
    presence = Presence(emitter, live.process)

    class Busy(Connection):
        def entry(self) -> dict[str, Any]:
            entry = super().entry()
            self.rooms.add("chat")
            presence.change("a")
            return entry

    presence.change("a")
    presence.write({"a": Busy(None, "10.0.0.1")})
    (found,) = connections(emitter.redis, emitter.channel)
    assert found["rooms"] == []
    presence.write({"a": Connection(None, "10.0.0.1", rooms={"chat"})})
    (found,) = connections(emitter.redis, emitter.channel)
    assert found["rooms"] == ["chat"]
