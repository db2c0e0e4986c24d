"""Sending to everybody, to a room and to a user is the same from wherever it is done."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import requests

from local.node import node_environment
from local.ui import FRONTEND, install
from settings import ROOT
from tests.system import PASSWORD, Listener, System
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

MAINTENANCE = {"message": "System maintenance scheduled", "severity": "warning"}
METRICS = {"metrics": {"cpu": 45, "memory": 67}}
COMPLETE = {"batchId": "batch_123", "results": {"total": 100, "successful": 98, "failed": 2}}


def flask(system: System, *command: str, stdin: str = "") -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", *command],
        cwd=ROOT,
        env=system.environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def by_command(system: System, user_id: str) -> None:
    flask(system, "emit", "system:notification", json.dumps(MAINTENANCE))
    flask(system, "emit", "--room", "dashboard", "dashboard:update", json.dumps(METRICS))
    flask(system, "emit", "--user", "owner@example.org", "batch:complete", json.dumps(COMPLETE))


def by_shell(system: System, user_id: str) -> None:
    lines = (
        f"broadcast('system:notification', {MAINTENANCE})",
        f"to_room('dashboard', 'dashboard:update', {METRICS})",
        f"to_user('{user_id}', 'batch:complete', {COMPLETE})",
    )
    flask(system, "shell", stdin="\n".join(lines) + "\n")


@pytest.mark.parametrize("send", [by_command, by_shell])
def test_what_is_sent_by_hand_reaches_whom_it_is_for(
    system: System, send: Callable[[System, str], None]
) -> None:
    system.start_web()
    owner = system.login("owner@example.org")
    mine, theirs = system.connect(owner), system.connect(system.login("other@example.org"))
    anonymous = system.connect(None, rooms=["dashboard"])
    user_id = owner.get(f"{system.url}/api/auth/me", timeout=5).json()["user"]["id"]
    send(system, user_id)
    wait_for(lambda: mine.of("batch:complete"), 10, "what is for the user")
    wait_for(lambda: METRICS in anonymous.of("dashboard:update"), 10, "what is for the room")
    assert mine.of("batch:complete") == [COMPLETE]
    for listener in (mine, theirs, anonymous):
        wait_for(lambda one=listener: one.of("system:notification"), 5, "what is for everybody")
        assert listener.of("system:notification") == [MAINTENANCE]
    assert theirs.of("batch:complete") == anonymous.of("batch:complete") == []
    assert METRICS not in mine.of("dashboard:update")


def test_a_worker_sends_in_the_same_way(system: System) -> None:
    system.start_web()
    system.start_worker()
    owner = system.login("owner@example.org")
    mine, theirs = (
        system.connect(owner),
        system.connect(system.login("other@example.org"), rooms=["dashboard"]),
    )
    batch = system.create(owner, json={"operation": "emit", "items": [1]})
    system.wait_for_end(owner, batch["id"])

    def heard(listener: Listener, event: str) -> list[Any]:
        return [data for data in listener.of(event) if data.get("message") == "from a worker"]

    wait_for(lambda: heard(mine, "batch:complete"), 5, "what is for the owner")
    wait_for(lambda: heard(theirs, "dashboard:update"), 5, "what is for the room")
    wait_for(lambda: heard(theirs, "system:notification"), 5, "what is for everybody")
    assert heard(theirs, "batch:complete") == []


def test_the_hooks_do_what_the_guide_shows(system: System) -> None:
    """Runs frontend/src/hooks/guide.system.tsx, whose components are those of the guide."""
    install(FRONTEND)
    system.start_web()
    system.start_worker()
    done = subprocess.run(
        ["npm", "run", "test:system"],
        cwd=FRONTEND,
        env=node_environment() | {"VITE_API_URL": system.url, "GUIDE_PASSWORD": PASSWORD, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"Tests +(\d+) passed \((\d+)\)", done.stdout)
    assert passed, done.stdout
    assert passed[1] == passed[2] == "6"


def test_the_statistics_are_those_of_the_guide(system: System) -> None:
    system.start_web()
    system.connect(system.login("owner@example.org"), rooms=["dashboard", "chat"])
    system.connect(None)
    stats = requests.get(f"{system.url}/api/ws/stats", timeout=5).json()
    assert stats == {
        "success": True,
        "totalConnections": 2,
        "authenticated": 1,
        "anonymous": 1,
        "rooms": {"dashboard": 1, "chat": 1},
    }
