"""Notifications, status and maintenance over real processes: who hears what, once, and who does not."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import Any

import pytest

from settings import ROOT
from store.database import Database
from store.ids import new_id
from tests.system import Listener, System, kill_group
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(180)
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def flask(system: System, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", *command],
        cwd=ROOT,
        env=system.environment | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def told(listener: Listener, event: str = "system:notification") -> list[str]:
    return [data["title"] for data in listener.of(event)]


def wait_for_all(system: System, *listeners: Listener) -> None:
    """Whatever was told before has arrived once this has."""
    title = f"End {new_id()}"
    assert flask(system, "notify", "--all", title).returncode == 0
    for listener in listeners:
        wait_for(lambda one=listener: title in told(one), 10, "the last notification")


def without_ends(titles: list[str]) -> list[str]:
    return [title for title in titles if not title.startswith("End ")]


def test_each_hears_what_is_for_the_user_the_role_or_everybody_and_nothing_else(system: System) -> None:
    system.start_web()
    sessions = {name: system.login(f"{name}@example.org") for name in ("owner", "other", "admin")}
    listeners: dict[str, Listener] = {name: system.connect(one) for name, one in sessions.items()}
    listeners["second window"] = system.connect(sessions["owner"])
    listeners["anonymous"] = system.connect(None)
    assert flask(system, "notify", "--user", "owner@example.org", "For you", "Look").returncode == 0
    assert flask(system, "notify", "--role", "admin", "--severity", "error", "For admins").returncode == 0
    body = {"to": "all", "title": "For all", "severity": "warning", "link": "/batches"}
    assert sessions["admin"].post(f"{system.url}/api/notifications", json=body, timeout=10).status_code == 201
    wait_for_all(system, *listeners.values())
    assert {name: without_ends(told(one)) for name, one in listeners.items()} == {
        "owner": ["For you", "For all"],
        "second window": ["For you", "For all"],
        "other": ["For all"],
        "admin": ["For admins", "For all"],
        "anonymous": ["For all"],
    }
    (payload,) = (one for one in listeners["other"].of("system:notification") if one["title"] == "For all")
    assert set(payload) == {
        *("id", "kind", "severity", "title", "message", "link", "batchId", "timestamp", "eventId")
    }
    assert (payload["severity"], payload["link"]) == ("warning", "/batches")
    assert "Traceback" not in system.log("web")


@ONE_DATABASE
def test_who_was_away_hears_of_it_after_coming_back_and_nobody_of_anothers(system: System) -> None:
    web = system.start_web()
    system.start_worker()
    owner, other = system.login("owner@example.org"), system.login("other@example.org")
    last = system.connect(owner).of("welcome")[0]["lastEventId"]
    batch = system.create(owner, json={"operation": "mixed", "items": ["a", "fail"], "name": "Two"})
    system.wait_for_end(owner, batch["id"])
    kill_group(web, signal.SIGKILL)
    web.wait()
    system.start_web()
    back, stranger = (system.connect(one, last_event_id=last) for one in (owner, other))
    for listener in (back, stranger):
        wait_for(lambda one=listener: one.of("recovered"), 10, "recovered")
    assert told(back) == ["Batch Two completed"]
    assert told(stranger) == []
    page = owner.get(f"{system.url}/api/notifications", timeout=10).json()
    assert [one["id"] for one in page["notifications"]] == [back.of("system:notification")[0]["id"]]


@ONE_DATABASE
def test_the_command_says_what_is_wrong_with_what_it_is_given(system: System) -> None:
    for arguments, words in (
        (["Title"], "Say to whom"),
        (["--all", "--role", "admin", "Title"], "Say to whom"),
        (["--user", "nobody@example.org", "Title"], "no user nobody@example.org"),
        (["--all", "x" * 201], "title: has more than 200 characters"),
        (["--all", "--link", "https://example.org", "Title"], "link: is a path of this page"),
        (["--all", "--severity", "fatal", "Title"], "severity"),
    ):
        answer = flask(system, "notify", *arguments)
        assert answer.returncode != 0
        assert words in answer.stderr
        assert "Traceback" not in answer.stderr


@ONE_DATABASE
def test_maintenance_reaches_every_web_process_and_outlives_them(system: System, second: System) -> None:
    webs = [system.start_web(), second.start_web()]
    system.start_worker()
    owner = system.login("owner@example.org")
    listeners = [system.connect(owner), system.connect(None), second.connect(owner)]
    running = system.create(
        owner, json={"operation": "sleep", "items": [0] * 60, "options": {"seconds": 0.1}}
    )

    shown = flask(system, "system", "maintenance", "on", "--message", "New disks")
    assert "New disks" in shown.stdout

    def refuses(url: str) -> bool:
        body = {"operation": "mixed", "items": ["a"]}
        answer = owner.post(f"{url}/api/batch/create", json=body, timeout=10)
        return answer.status_code == 503 and answer.json()["error"] == "New disks"

    for one in (system, second):
        wait_for(lambda at=one.url: refuses(at), 2, "the refusal")
    for listener in listeners:
        wait_for(lambda one=listener: "maintenance" in states(one), 5, "the banner")
        (status,) = (one for one in listener.of("system:status") if one["status"] == "maintenance")
        assert status["message"] == "New disks"
    assert "New disks" in flask(system, "system", "status").stdout
    for web in webs:
        kill_group(web, signal.SIGKILL)
        web.wait()
    second.start_web()
    assert refuses(second.url)
    assert second.wait_for_end(owner, running["id"])["status"] == "completed"
    assert flask(system, "system", "maintenance", "off").returncode == 0
    wait_for(lambda: not refuses(second.url), 2, "new work to be taken")


@ONE_DATABASE
def test_admins_alone_hear_that_the_workers_are_gone_and_back(system: System, database: Database) -> None:
    system.environment["ALERT_AFTER_SECONDS"] = "1"
    system.start_web()
    worker = system.start_worker()
    admin, owner = system.login("admin@example.org"), system.login("owner@example.org")
    listeners = {"admin": system.connect(admin), "owner": system.connect(owner)}
    kill_group(worker, signal.SIGKILL)
    worker.wait()
    wait_for(lambda: "No worker is running" in told(listeners["admin"], "system:alert"), 30, "the alert")
    for listener in listeners.values():
        wait_for(lambda one=listener: states(one)[-1:] == ["degraded"], 10, "the status")
    system.start_worker()
    wait_for(lambda: "Workers are back" in told(listeners["admin"], "system:alert"), 30, "its end")
    wait_for_all(system, *listeners.values())
    assert told(listeners["admin"], "system:alert")[-2:] == ["No worker is running", "Workers are back"]
    assert told(listeners["owner"], "system:alert") == []


def states(listener: Listener) -> list[Any]:
    return [status["status"] for status in listener.of("system:status")]
