"""A login that ends takes its connections along, whichever web process they are at."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
import socketio

from store import users
from store.database import Database
from tests.sockets import Client
from tests.system import PASSWORD, Listener, System
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


def login(system: System, email: str = "owner@example.org") -> dict[str, Any]:
    body = {"email": email, "password": PASSWORD}
    answer: dict[str, Any] = requests.post(f"{system.url}/api/auth/login", json=body, timeout=10).json()
    return answer


def connect(system: System, token: str) -> Listener:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        return system.connect(session)


def refusal(system: System, token: str) -> str:
    client = Client(reconnection=False)
    reasons: list[object] = []
    client.on("connect_error", reasons.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(system.url, auth={"token": token}, transports=["websocket"], wait_timeout=5)
    wait_for(lambda: reasons, 5, "connect_error")
    return str(reasons[0])


def ended_with(listener: Listener, within_seconds: float) -> str:
    """The code that a connection was ended with."""
    started = time.monotonic()
    wait_for(lambda: not listener.client.connected, within_seconds, "the end of the connection")
    print(f"ended after {time.monotonic() - started:.2f} s")
    return str(listener.of("error")[-1]["code"])


def me(system: System, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{system.url}/api/auth/me", headers=headers, timeout=10).status_code


def test_logging_out_ends_the_connections_of_that_login_and_no_others(system: System, second: System) -> None:
    system.start_web()
    second.start_web()
    first, other = login(system), login(system)
    there, stays = connect(second, first["token"]), connect(second, other["token"])
    body = {"refreshToken": first["refreshToken"]}
    assert requests.post(f"{system.url}/api/auth/logout", json=body, timeout=10).ok
    assert ended_with(there, 2.0) == "session_ended"
    assert me(system, first["token"]) == me(second, first["token"]) == 401
    assert "Authentication failed" in refusal(second, first["token"])
    assert stays.client.call("join-room", "dashboard")["success"]
    assert me(second, other["token"]) == 200
    headers = {"Authorization": f"Bearer {other['token']}"}
    assert requests.post(f"{second.url}/api/auth/logout", json={}, headers=headers, timeout=10).ok
    assert ended_with(stays, 2.0) == "session_ended"
    nobody = requests.post(f"{second.url}/api/auth/logout", json={}, timeout=10)
    assert nobody.json()["details"]["fields"][0]["field"] == "refreshToken"


def test_a_user_who_is_disabled_is_out_at_once(system: System, database: Database) -> None:
    system.start_web()
    answer = login(system)
    listener = connect(system, answer["token"])
    with database.write() as connection:
        users.set_disabled(connection, "owner@example.org", disabled=True)
    assert ended_with(listener, 2.0) == "user_disabled"
    assert me(system, answer["token"]) == 401
    assert "Authentication failed" in refusal(system, answer["token"])
    with database.write() as connection:
        users.set_disabled(connection, "owner@example.org", disabled=False)
    assert me(system, login(system)["token"]) == 200


def test_a_token_that_runs_out_ends_the_connection_unless_a_new_one_comes(system: System) -> None:
    system.environment["ACCESS_TOKEN_SECONDS"] = "10"
    system.start_web()
    answer = login(system)
    ends, goes_on = connect(system, answer["token"]), connect(system, answer["token"])
    time.sleep(4)  # A token of the same second would end in the same second.
    body = {"refreshToken": answer["refreshToken"]}
    new = requests.post(f"{system.url}/api/auth/refresh", json=body, timeout=10).json()
    assert goes_on.client.call("authenticate", {"token": new["token"]})["success"]
    assert ended_with(ends, 10) == "token_expired"
    assert goes_on.client.call("join-room", "dashboard")["success"]
    assert (
        goes_on.client.call("authenticate", {"token": login(system, "other@example.org")["token"]})["success"]
        is False
    )
    assert goes_on.client.call("authenticate", {"token": 5})["code"] == "invalid_payload"
    assert ended_with(goes_on, 10) == "token_expired"


def test_a_refresh_token_that_is_used_twice_ends_its_session(
    system: System, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    """One of the two who hold it has stolen it."""
    system.start_web()
    answer = login(system)
    body = {"refreshToken": answer["refreshToken"]}
    url = f"{system.url}/api/auth/refresh"
    new = requests.post(url, json=body, timeout=10).json()
    assert requests.post(url, json=body, timeout=10).status_code == 401
    assert me(system, new["token"]) == 200, "two tabs may refresh at the same moment"
    monkeypatch.setattr("store.users.FORGIVEN_MS", -1)
    with database.write() as connection:
        from webapp.api.auth import _hash

        assert users.replace_refresh(connection, _hash(answer["refreshToken"]), "new") is None
    assert me(system, new["token"]) == 401


def test_connections_are_limited_per_user_and_per_address(system: System) -> None:
    system.environment |= {"SOCKET_MAX_PER_USER": "2", "SOCKET_MAX_PER_ADDRESS": "3"}
    system.start_web()
    token, other = login(system)["token"], login(system, "other@example.org")["token"]
    first = connect(system, token)
    connect(system, token)
    assert "one user" in refusal(system, token)
    connect(system, other)
    assert "one address" in refusal(system, other)
    first.close()
    wait_for(lambda: _stats(system)["totalConnections"] == 2, 5, "the connection to be forgotten")
    assert connect(system, token).of("welcome")


def test_whoever_floods_is_cut_off_and_others_are_not(system: System) -> None:
    system.environment["SOCKET_EVENTS_PER_SECOND"] = "5"
    system.start_web()
    flooding, other = connect(system, login(system)["token"]), connect(system, login(system)["token"])
    for _ in range(500):
        flooding.client.emit("ping")
        if not flooding.client.connected:
            break
    wait_for(lambda: not flooding.client.connected, 5, "the end of the flood")
    assert any(error["code"] == "too_many_requests" for error in flooding.of("error"))
    assert other.client.call("join-room", "dashboard")["success"]
    assert "Traceback" not in system.log("web")


def _stats(system: System) -> dict[str, Any]:
    stats: dict[str, Any] = requests.get(f"{system.url}/api/ws/stats", timeout=5).json()
    return stats


def test_an_admin_sees_and_ends_connections_of_any_process(system: System, second: System) -> None:
    system.start_web()
    second.start_web()
    owner, admin = system.login("owner@example.org"), system.login("admin@example.org")
    ours, theirs = second.connect(owner, rooms=["dashboard"]), second.connect(owner)
    theirs.client.emit("join-room", "chat")

    def listed() -> list[dict[str, Any]]:
        answer = admin.get(f"{system.url}/api/admin/connections", timeout=10)
        found: list[dict[str, Any]] = answer.json()["connections"]
        return found

    wait_for(lambda: [one for one in listed() if "chat" in one["rooms"]], 5, "both present")
    (watching,) = [one for one in listed() if "dashboard" in one["rooms"]]
    assert watching["id"] == ours.of("welcome")[0]["socketId"]
    assert watching["user"]["email"] == "owner@example.org"
    answer = admin.delete(f"{system.url}/api/admin/connections/{watching['id']}", timeout=10)
    assert answer.status_code == 200
    assert ended_with(ours, 2) == "ended_by_admin"
    assert theirs.client.connected
    wait_for(lambda: len(listed()) == 1, 5, "its end")
    processes = admin.get(f"{system.url}/api/admin/processes", timeout=10).json()
    assert sorted(one["pid"] for one in processes["web"]) == sorted(
        one.processes[0].pid for one in (system, second)
    )
    assert processes["rooms"]["chat"] == 1
