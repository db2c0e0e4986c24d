"""Control of a running batch, with real workers and items of a minute: it takes effect within two seconds."""

from __future__ import annotations

import time

import pytest
import requests

from store.database import Database
from tests.system import System, in_hand
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(120)

WITHIN_SECONDS = 2.0


def call(system: System, session: requests.Session, batch_id: str, what: str) -> requests.Response:
    return session.post(f"{system.url}/api/batch/{batch_id}/{what}", timeout=10)


def probe_seconds(system: System, session: requests.Session) -> float:
    """How long a batch of one item takes: short only if the workers are free."""
    started = time.monotonic()
    batch = system.create(session, json={"operation": "mixed", "items": ["a"]})
    assert system.wait_for_end(session, batch["id"], 30)["status"] == "completed"
    return time.monotonic() - started


@pytest.mark.alone
def test_pause_resume_and_cancel_reach_items_of_a_minute_within_two_seconds(
    system: System, database: Database
) -> None:
    system.start_web()
    system.start_worker()
    owner = system.login("owner@example.org")
    listener = system.connect(owner)
    batch = system.create(owner, json={"operation": "obedient", "items": ["a", "b", "c"]})
    wait_for(lambda: listener.of("batch:created", batch["id"]), 5, "batch:created")
    wait_for(lambda: in_hand(database, batch["id"]) == 2, 10, "both processes to have an item in hand")
    assert call(system, owner, batch["id"], "pause").json()["batch"]["status"] == "paused"
    assert probe_seconds(system, owner) < WITHIN_SECONDS
    assert system.batch(owner, batch["id"])["processed"] == 0
    assert call(system, owner, batch["id"], "resume").json()["batch"]["status"] == "running"
    wait_for(lambda: in_hand(database, batch["id"]) == 2, 10, "both processes to have one again")
    assert call(system, owner, batch["id"], "cancel").json()["batch"]["status"] == "cancelled"
    assert probe_seconds(system, owner) < WITHIN_SECONDS
    refused = call(system, owner, batch["id"], "resume")
    assert refused.status_code == 409
    assert "cancelled" in refused.json()["error"]
    names = [name for name, data in listener.events if data and data.get("batchId") == batch["id"]]
    lifecycle = [name for name in names if name not in ("batch:progress", "batch:error")]
    assert lifecycle == ["batch:created", "batch:paused", "batch:resumed", "batch:cancelled"]


def test_an_item_that_takes_longer_than_the_lease_is_not_taken_over(system: System) -> None:
    system.environment |= {"LEASE_SECONDS": "2", "RECOVERY_SECONDS": "0.5"}
    system.start_web()
    system.start_worker()
    owner = system.login("owner@example.org")
    batch = system.create(
        owner, json={"operation": "hang", "items": ["sleep"] * 2, "options": {"seconds": 6}}
    )
    ended = system.wait_for_end(owner, batch["id"], 30)
    assert (ended["successful"], ended["recoveries"]) == (2, 0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_requests_for_control_over_http(system: System) -> None:
    """Open batches, idempotent starts, retry and refusals, as a client sees them."""
    system.start_web()
    system.start_worker()
    owner, other = system.login("owner@example.org"), system.login("other@example.org")
    body = {"operation": "mixed", "items": ["a", "fail"], "sealed": False, "priority": "high"}
    key = {"Idempotency-Key": "only-once"}
    first = owner.post(f"{system.url}/api/batch/create", json=body, headers=key, timeout=10)
    again = owner.post(f"{system.url}/api/batch/create", json=body, headers=key, timeout=10)
    batch_id = first.json()["batch"]["id"]
    assert (first.status_code, again.status_code, again.json()["batch"]["id"]) == (201, 200, batch_id)
    changed = owner.post(
        f"{system.url}/api/batch/create", json=body | {"priority": "low"}, headers=key, timeout=10
    )
    assert changed.status_code == 409
    url = f"{system.url}/api/batch/{batch_id}"
    assert other.post(f"{url}/items", json={"items": ["x"]}, timeout=10).status_code == 404
    added = owner.post(f"{url}/items", json={"items": ["b", "fail"], "offset": 2, "seal": True}, timeout=10)
    assert (added.status_code, added.json()["batch"]["total"]) == (200, 4)
    ended = system.wait_for_end(owner, batch_id, 30)
    assert (ended["successful"], ended["failed"]) == (2, 2)
    assert owner.post(f"{url}/items", json={"items": ["c"]}, timeout=10).status_code == 409
    assert owner.post(f"{url}/retry", timeout=10).json()["batch"]["failed"] == 0
    assert system.wait_for_end(owner, batch_id, 30)["failed"] == 2
    for what in ("pause", "resume", "retry", "cancel", "seal"):
        assert other.post(f"{url}/{what}", timeout=10).status_code == 404
    for broken, field in (
        ({"maxFailures": "many"}, "maxFailures"),
        ({"priority": "urgent"}, "priority"),
        ({"timeoutMs": 0}, "timeoutMs"),
        ({"retryAttempts": 99}, "retryAttempts"),
        ({"dependsOn": ["nothing"]}, "dependsOn.0"),
    ):
        answer = owner.post(
            f"{system.url}/api/batch/create", json={"operation": "mixed", "items": ["a"]} | broken, timeout=10
        )
        assert answer.status_code == 422
        assert answer.json()["details"]["fields"][0]["field"] == field
