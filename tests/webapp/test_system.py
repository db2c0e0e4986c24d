"""System status, maintenance and alarms, in process."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from realtime.publish import heartbeats
from store.clock import now_ms
from store.ids import new_id
from store.tables import chunks
from store.tables import notifications as notifications_table
from tasks.engine.engine import Engine
from tasks.engine.maintenance import Maintenance
from tests.waiting import wait_for
from tests.webapp import test_http
from tests.webapp.test_http import create, login
from webapp.process.alarms import Alarm
from webapp.process.monitor import STEADY_LOOKS, Monitor
from webapp.services import Services

client = test_http.client


def services(client: FlaskClient) -> Services:
    found: Services = client.application.extensions["batchwire"]
    return found


@pytest.fixture
def engine(client: FlaskClient) -> Engine:
    return services(client).engine


def add_worker(engine: Engine, name: str = "w1") -> None:
    heartbeats.say_alive(engine.emitter.redis, engine.emitter.channel, "worker", name, {})


def switch(client: FlaskClient, name: str = "admin", **body: Any) -> Any:
    return client.put("/api/system/maintenance", json=body, headers=login(client, name))


def status(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/api/system/status")
    assert answer.status_code == 200
    return dict((answer.json or {})["system"])


def alerts(engine: Engine) -> list[str]:
    table = notifications_table
    with engine.database.read() as connection:
        query = select(table.c.title).where(table.c.kind == "alert", table.c.room == "role:admin")
        return list(connection.execute(query.order_by(table.c.id)).scalars())


def test_everybody_may_know_how_the_system_does(client: FlaskClient, engine: Engine) -> None:
    found = status(client)
    assert (found["status"], found["severity"]) == ("degraded", "error")
    assert "No worker is running" in found["message"]
    add_worker(engine)
    found = status(client)
    assert (found["status"], found["message"]) == ("ok", "")
    assert found["parts"]["workers"] == {"ok": True, "error": None, "count": 1}


def test_maintenance_refuses_new_work_of_all_but_admins(client: FlaskClient) -> None:
    headers, admin = login(client), login(client, "admin")
    open_one = create(client, headers, operation="mixed", items=["a"], sealed=False)["id"]
    failed = create(client, headers, operation="mixed", items=["fail"])["id"]
    test_http.run_all(client)
    assert switch(client, on=True, message="Moving to a new machine").status_code == 200
    body = {"operation": "mixed", "items": ["a"]}
    refused = [
        client.post("/api/batch/create", json=body, headers=headers),
        client.post(f"/api/batch/{failed}/retry", headers=headers),
        client.post(f"/api/batch/{open_one}/items", json={"items": ["b"]}, headers=headers),
    ]
    for answer in refused:
        assert answer.status_code == 503
        assert answer.json["error"] == "Moving to a new machine"
        assert answer.json["details"]["code"] == "maintenance"
    assert client.post("/api/batch/create", json=body, headers=admin).status_code == 201
    # What runs goes on, and can be controlled.
    assert client.post(f"/api/batch/{open_one}/seal", headers=headers).json["batch"]["status"] == "completed"
    assert status(client)["status"] == "maintenance"
    assert switch(client, on=False).status_code == 200
    assert client.post("/api/batch/create", json=body, headers=headers).status_code == 201
    assert client.post(f"/api/batch/{failed}/retry", headers=headers).status_code == 200


def test_only_admins_switch_it_and_its_message_is_limited(client: FlaskClient) -> None:
    assert client.put("/api/system/maintenance", json={"on": True}).status_code == 401
    assert switch(client, "owner", on=True).status_code == 403
    for message in ("x" * 501, "x\x00"):
        answer = switch(client, on=True, message=message)
        assert answer.status_code == 422
        assert answer.json["details"]["fields"][0]["field"] == "message"
    assert status(client)["status"] != "maintenance"


def test_other_processes_see_the_switch_within_two_seconds_and_those_started_later_too(
    client: FlaskClient, engine: Engine
) -> None:
    other = Maintenance(engine.database)
    assert not other.current().on
    engine.maintenance.switch(True, "Soon back")
    wait_for(lambda: other.current().on, 2, "the other process to see it")
    assert Maintenance(engine.database).current().message == "Soon back"
    engine.maintenance.switch(False)
    wait_for(lambda: not other.current().on, 2, "the other process to see the end")


class Told:
    """A server that keeps what it would send."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Any]] = []

    def emit(self, event: str, payload: Any, *, ignore_queue: bool) -> None:
        assert ignore_queue, "each process tells its own clients"
        self.events.append((event, payload["status"]))


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def monitor(engine: Engine, told: Told) -> Monitor:
    settings = engine.settings.model_copy(update={"alert_after_seconds": 0.0})
    engine.settings = settings
    return Monitor(engine, told)  # type: ignore[arg-type]


def test_clients_are_told_of_changes_alone_and_of_those_that_last(
    monitor: Monitor, told: Told, engine: Engine
) -> None:
    add_worker(engine)
    for _ in range(3):
        monitor.look()
    assert told.events == []
    heartbeats.leave(engine.emitter.redis, engine.emitter.channel, "worker", "w1")
    for _ in range(STEADY_LOOKS - 1):
        monitor.look()
    add_worker(engine)
    monitor.look()
    assert told.events == [], "a moment is not worth a word"
    heartbeats.leave(engine.emitter.redis, engine.emitter.channel, "worker", "w1")
    for _ in range(STEADY_LOOKS + 2):
        monitor.look()
    assert told.events == [("system:status", "degraded")]
    add_worker(engine)
    for _ in range(STEADY_LOOKS + 2):
        monitor.look()
    assert told.events == [("system:status", "degraded"), ("system:status", "ok")]


def test_maintenance_is_told_at_once_and_its_message_too(
    monitor: Monitor, told: Told, engine: Engine
) -> None:
    add_worker(engine)
    monitor.look()
    for on, message in ((True, "One"), (True, "Two"), (False, "")):
        engine.maintenance.switch(on, message)
        monitor.look()
        monitor.look()
    assert [status for _, status in told.events] == ["maintenance", "maintenance", "ok"]


def test_admins_are_alerted_once_when_workers_vanish_and_told_when_they_are_back(
    monitor: Monitor, told: Told, engine: Engine
) -> None:
    others = Monitor(engine, told)  # type: ignore[arg-type]
    add_worker(engine)
    monitor.look()
    assert alerts(engine) == []
    heartbeats.leave(engine.emitter.redis, engine.emitter.channel, "worker", "w1")
    for one in (monitor, others, monitor, others):
        one.look()
    assert alerts(engine) == ["No worker is running"]
    # A web process that is started now tells the end.
    add_worker(engine)
    for one in (Monitor(engine, told), monitor, others):  # type: ignore[arg-type]
        one.look()
    assert alerts(engine) == ["No worker is running", "Workers are back"]


def test_an_alert_waits_until_the_condition_has_lasted(engine: Engine) -> None:
    alarm = Alarm("test", 3600, title="Bad", message="", over="Good")
    alarm.observe(engine, is_bad=True)
    alarm.observe(engine, is_bad=True)
    assert alerts(engine) == []


def test_admins_are_alerted_when_the_queue_stands_still_and_not_when_it_moves(
    monitor: Monitor, engine: Engine, client: FlaskClient
) -> None:
    add_worker(engine)
    create(client, login(client), operation="mixed", items=["a"])
    monitor.look()
    with engine.database.write() as connection:
        connection.execute(update(chunks).values(fence=chunks.c.fence + 1))  # It was taken and given back.
    monitor.look()
    with engine.database.write() as connection:
        connection.execute(update(chunks).values(state="leased"))
    for _ in range(3):
        monitor.look()
    assert alerts(engine) == []
    with engine.database.write() as connection:
        connection.execute(update(chunks).values(state="queued"))
    for _ in range(3):
        monitor.look()
    assert alerts(engine) == ["The queue does not move"]


def test_old_notifications_are_deleted(monitor: Monitor, engine: Engine) -> None:
    day_ms = 24 * 3600 * 1000
    values = {"kind": "notification", "severity": "info", "message": "", "room": "all"}
    ages = {"old": engine.settings.notification_days + 1, "kept": engine.settings.notification_days - 1}
    with engine.database.write() as connection:
        for title, days in ages.items():
            row = {"id": new_id(), "title": title, "created_ms": now_ms() - days * day_ms}
            connection.execute(notifications_table.insert().values(values | row))
    monitor.look()
    with engine.database.read() as connection:
        query = select(notifications_table.c.title).where(notifications_table.c.kind == "notification")
        assert list(connection.execute(query).scalars()) == ["kept"]
