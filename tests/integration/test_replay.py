"""Who comes back is given what happened meanwhile: all of it, in order, and once."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from realtime.publish import outbox
from realtime.publish.emitter import Emitter
from realtime.transport.feed import MOST_MISSED
from store import events, users
from store.database import Database
from tests.system import Listener, System, kill_group
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(180)
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def numbered(listener: Listener) -> list[tuple[str, str]]:
    """Name and batch of each event that has a number, in the order in which they came."""
    return [
        (name, data["batchId"])
        for name, data in list(listener.events)
        if isinstance(data, dict) and data.get("eventId")
    ]


def last_event_id(listener: Listener) -> int:
    (welcome,) = listener.of("welcome")
    got = [data["eventId"] for _, data in listener.events if isinstance(data, dict) and "eventId" in data]
    return int(max([welcome["lastEventId"], *got]))


def recovered(listener: Listener) -> dict[str, Any]:
    wait_for(lambda: listener.of("recovered"), 10, "recovered")
    (answer,) = listener.of("recovered")
    return dict(answer)


def test_a_client_that_was_away_gets_what_it_missed_and_how_things_are(system: System) -> None:
    web = system.start_web()
    system.start_worker()
    owner, other = system.login("owner@example.org"), system.login("other@example.org")
    before = system.connect(owner)
    first = system.create(owner, json={"operation": "mixed", "items": ["a"]})
    wait_for(lambda: before.of("system:notification", first["id"]), 20, "the first end and its notification")
    last = last_event_id(before)
    before.close()

    missed = system.create(owner, json={"operation": "mixed", "items": ["a", "b"]})
    system.wait_for_end(owner, missed["id"])
    running = system.create(
        owner, json={"operation": "sleep", "items": [0] * 50, "options": {"seconds": 0.5}}
    )
    theirs = system.create(other, json={"operation": "mixed", "items": ["a"]})
    system.wait_for_end(other, theirs["id"])
    kill_group(web, signal.SIGKILL)
    web.wait()
    system.start_web()

    after = system.connect(owner, last_event_id=last)
    assert recovered(after)["complete"] is True
    names = [event for event, _ in after.events]
    assert names[0] == "welcome"
    assert [name for name, batch_id in numbered(after) if batch_id == missed["id"]] == [
        "batch:created",
        "batch:complete",
        "system:notification",
    ]
    assert [name for name, batch_id in numbered(after) if batch_id == running["id"]] == ["batch:created"]
    assert not any(batch_id in (first["id"], theirs["id"]) for _, batch_id in numbered(after))
    ticks = [data for name, data in after.events[: names.index("recovered")] if name == "batch:progress"]
    assert [tick["batchId"] for tick in ticks] == [running["id"]], "the state of what still runs"
    assert owner.post(f"{system.url}/api/batch/{running['id']}/cancel", timeout=10).ok
    wait_for(lambda: after.of("batch:cancelled", running["id"]), 5, "batch:cancelled")
    ids = [data["eventId"] for _, data in after.events if isinstance(data, dict) and data.get("eventId")]
    assert ids == sorted(set(ids))
    assert "Traceback" not in system.log("web")


@ONE_DATABASE
def test_events_arrive_without_redis_too(system: System, database: Database) -> None:
    """A sender that died before it could publish, or a Redis that was away: the number alone is enough."""
    system.start_web()
    listener = system.connect(system.login("owner@example.org"))
    with database.write() as connection:
        user = users.by_email(connection, "owner@example.org")
        assert user is not None
        ids = [
            events.add(connection, room=f"user:{user.id}", event="batch:complete", payload={"batchId": name})
            for name in "abc"
        ]
        events.number(connection, ids)
    wait_for(lambda: len(listener.of("batch:complete")) == 3, 5, "the events")
    assert numbered(listener) == [("batch:complete", name) for name in "abc"]


@ONE_DATABASE
def test_who_missed_too_much_is_told_to_load_everything_anew(system: System, database: Database) -> None:
    system.start_web()
    owner = system.login("owner@example.org")
    with database.write() as connection:
        user = users.by_email(connection, "owner@example.org")
        assert user is not None
        room = f"user:{user.id}"
        ids = [
            events.add(connection, room=room, event="batch:complete", payload={"batchId": "x"})
            for _ in range(MOST_MISSED + 1)
        ]
        events.number(connection, ids)
    newcomer = system.connect(owner)
    wait_for(lambda: len(newcomer.of("batch:complete")) == MOST_MISSED + 1, 10, "the process to know of them")
    one_less = system.connect(owner, last_event_id=1)
    assert recovered(one_less) == {"complete": True, "events": MOST_MISSED, "lastEventId": MOST_MISSED + 1}
    too_much = system.connect(owner, last_event_id=0)
    assert recovered(too_much) == {"complete": False, "events": 0, "lastEventId": MOST_MISSED + 1}
    from_elsewhere = system.connect(owner, last_event_id=10_000_000)
    assert recovered(from_elsewhere)["complete"] is False
    emitter = Emitter(system.environment["REDIS_URL"], system.environment["SOCKETIO_CHANNEL"])
    with database.write() as connection:
        event_id = events.add(connection, room=room, event="batch:complete", payload={"batchId": "new"})
    outbox.deliver(database, emitter, [event_id])
    for listener in (one_less, too_much, from_elsewhere):
        wait_for(lambda one=listener: one.of("batch:complete", "new"), 5, "what comes next")
        assert len(listener.of("batch:complete", "new")) == 1
    emitter.redis.close()


@ONE_DATABASE
def test_rooms_named_when_connecting_are_joined_at_once_where_that_is_allowed(system: System) -> None:
    system.start_web()
    owner, other = system.login("owner@example.org"), system.login("other@example.org")
    batch = system.create(owner, json={"operation": "mixed", "items": ["a"]})
    rooms = ["chat", f"batch:{batch['id']}"]
    assert system.connect(owner, rooms=rooms).of("error") == []
    intruder = system.connect(other, rooms=rooms, last_event_id=0)
    recovered(intruder)
    assert [error["code"] for error in intruder.of("error")] == ["forbidden"]
    assert numbered(intruder) == []
    admin = system.connect(system.login("admin@example.org"), rooms=rooms, last_event_id=0)
    recovered(admin)
    assert numbered(admin) == [("batch:created", batch["id"])], (
        "who watches a batch misses nothing of it either"
    )
