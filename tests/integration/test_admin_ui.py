"""The server's side of the Socket.IO Admin UI: off unless switched on, for admins only, without secrets."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import socketio

from store import users
from store.database import Database
from tests.sockets import Client
from tests.system import PASSWORD, System
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
NAMESPACE = "/admin"
ADMIN = {"username": "admin@example.org", "password": PASSWORD}


class Admin:
    """What the Admin UI hears."""

    def __init__(self, url: str, auth: Any = ADMIN) -> None:
        self.events: list[tuple[str, tuple[Any, ...]]] = []
        self.refusals: list[Any] = []
        self.client = Client(reconnection=False)
        self.client.on("connect_error", self.refusals.append, namespace=NAMESPACE)
        self.client.on("*", lambda event, *data: self.events.append((event, data)), namespace=NAMESPACE)
        self.client.connect(url, auth=auth, namespaces=[NAMESPACE], transports=["websocket"], wait_timeout=5)

    def of(self, name: str) -> list[tuple[Any, ...]]:
        return [data for event, data in list(self.events) if event == name]

    def counted(self, kind: str) -> int:
        return sum(
            one["count"]
            for (stats,) in self.of("server_stats")
            for one in stats["aggregatedEvents"]
            if one["type"] == kind
        )


def start(system: System, mode: str) -> None:
    system.environment["ADMIN_UI"] = mode
    system.start_web()


def is_refused(url: str, auth: Any = ADMIN) -> bool:
    try:
        admin = Admin(url, auth)
    except socketio.exceptions.ConnectionError:
        return True
    admin.client.disconnect()
    return False


def test_it_is_off_unless_it_is_switched_on(system: System) -> None:
    system.environment.pop("ADMIN_UI", None)
    system.start_web()
    assert is_refused(system.url)


@pytest.mark.parametrize(
    "auth",
    [
        ADMIN | {"password": "wrong"},
        {"username": "owner@example.org", "password": PASSWORD},
        {"username": ["admin@example.org"], "password": {}},
        {"token": "x"},
        None,
    ],
    ids=["password", "no admin", "types", "token", "nothing"],
)
def test_only_admins_come_in(system: System, auth: Any) -> None:
    start(system, "development")
    assert is_refused(system.url, auth)
    assert "Traceback" not in system.log("web")


def test_figures_are_told_and_direct_sockets_are_counted(system: System) -> None:
    start(system, "production")
    listener = system.connect(system.login("owner@example.org"))
    admin = Admin(system.url)
    for _ in range(20):
        listener.client.emit("ping")
    wait_for(lambda: len(listener.of("pong")) == 20, 5, "the answers")
    wait_for(lambda: admin.counted("packetsIn") >= 20 and admin.counted("packetsOut") >= 20, 8, "the counts")
    (last,) = admin.of("server_stats")[-1]
    assert last["clientsCount"] == 2
    assert {one["name"]: one["socketsCount"] for one in last["namespaces"]}["/"] == 1
    assert not admin.of("event_received")
    assert not admin.of("all_sockets")
    admin.client.disconnect()


def test_connections_are_shown_without_what_lets_one_pass_for_their_user(system: System) -> None:
    start(system, "development")
    session = system.login("owner@example.org")
    token = session.headers["Authorization"]
    client = Client(reconnection=False)
    client.connect(
        system.url, headers={"Authorization": token, "Cookie": "a=secret"}, transports=["websocket"]
    )
    admin = Admin(system.url)
    wait_for(lambda: admin.of("all_sockets"), 5, "the connections")
    (sockets,) = admin.of("all_sockets")[0]
    (shown,) = [one for one in sockets if one["nsp"] == "/"]
    assert shown["id"] == client.get_sid("/")
    client.emit("authenticate", {"token": str(token).removeprefix("Bearer ")})
    client.emit("join-room", "dashboard")
    wait_for(lambda: [one for one in admin.of("room_joined") if one[1] == "dashboard"], 5, "the room")
    assert [one for one in admin.of("event_received") if one[2][0] == "join-room"]
    admin.client.emit("_disconnect", ("/", True), namespace=NAMESPACE)
    client.emit("ping")
    wait_for(lambda: [one for one in admin.of("event_received") if one[2][0] == "ping"], 5, "a ping")
    assert client.connected, "it only looks on"
    everything = repr(admin.events)
    assert str(token).removeprefix("Bearer ") not in everything
    assert "a=secret" not in everything
    client.disconnect()
    wait_for(lambda: admin.of("socket_disconnected"), 5, "the end")
    admin.client.disconnect()
    assert "Traceback" not in system.log("web")


def test_who_is_no_longer_admitted_is_out_within_two_seconds(system: System, database: Database) -> None:
    start(system, "production")
    admin = Admin(system.url)
    assert admin.client.connected
    with database.write() as connection:
        users.set_disabled(connection, "admin@example.org", disabled=True)
    wait_for(lambda: not admin.client.connected, 2, "the end")


def test_its_page_may_come_from_its_own_origin_only(system: System) -> None:
    start(system, "production")
    query = {"EIO": "4", "transport": "polling"}
    for origin, status in (("https://admin.socket.io", 200), ("https://evil.example", 400)):
        answer = requests.get(f"{system.url}/socket.io/", params=query, headers={"Origin": origin}, timeout=5)
        assert answer.status_code == status
