"""Items that kill their process or hang, with real workers: they fail alone, the others complete."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.system import System
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def running(system: System) -> System:
    # Shorter than in production, so that the test is; what is tested is what happens then.
    system.environment |= {"LEASE_SECONDS": "3", "RECOVERY_SECONDS": "0.5", "STOP_GRACE_SECONDS": "2"}
    system.start_web()
    system.start_worker()
    return system


def failed_items(system: System, session: requests.Session, batch_id: str) -> dict[str, dict[str, Any]]:
    answer = session.get(f"{system.url}/api/batch/{batch_id}/items?outcome=failed&limit=100", timeout=10)
    return {item["key"]: item["error"] for item in answer.json()["items"]}


def test_items_that_kill_their_process_fail_and_the_others_complete(running: System, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()
    owner = running.login("owner@example.org")
    items = [f"fine-{n}" for n in range(300)]
    for place, bad in ((40, "exit"), (41, "segfault"), (150, "killed"), (151, "memory")):
        items[place] = bad
    batch = running.create(
        owner, json={"operation": "poison", "items": items, "options": {"folder": str(folder)}}
    )
    ended = running.wait_for_end(owner, batch["id"], 90)
    assert (ended["status"], ended["successful"], ended["failed"]) == ("completed", 296, 4)
    errors = failed_items(running, owner, batch["id"])
    assert {key: error["type"] for key, error in errors.items()} == {
        "exit": "WorkerLost",
        "segfault": "WorkerLost",
        "killed": "WorkerLost",
        "memory": "MemoryError",
    }
    assert "SIGSEGV" in errors["segfault"]["message"]
    runs = Counter({path.name: path.stat().st_size for path in folder.iterdir()})
    assert max(runs[f"runs-{place}"] for place in (40, 41, 150)) == 2, "no item kills more than two processes"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_hanging_items_fail_at_their_time_limit_whatever_they_ignore(running: System) -> None:
    owner = running.login("owner@example.org")
    items = ["fine", "sleep", "busy", "stubborn", "locked", *["fine"] * 20]
    batch = running.create(
        owner,
        json={"operation": "hang", "items": items, "timeoutMs": 1000, "options": {"seconds": 600}},
    )
    ended = running.wait_for_end(owner, batch["id"], 120)
    assert (ended["status"], ended["successful"], ended["failed"]) == ("completed", 21, 4)
    errors = failed_items(running, owner, batch["id"])
    assert {error["type"] for error in errors.values()} == {"ItemTimeout"}
    # And the workers are as good as new.
    after = running.create(owner, json={"operation": "mixed", "items": ["a"] * 10})
    assert running.wait_for_end(owner, after["id"], 30)["successful"] == 10


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_item_that_ignores_a_cancelled_batch_does_not_keep_its_process(running: System) -> None:
    owner = running.login("owner@example.org")
    batch = running.create(
        owner, json={"operation": "hang", "items": ["stubborn"] * 2, "options": {"seconds": 600}}
    )
    wait_for(lambda: running.batch(owner, batch["id"])["status"] == "running", 10, "the start")
    assert owner.post(f"{running.url}/api/batch/{batch['id']}/cancel", timeout=10).ok
    after = running.create(owner, json={"operation": "mixed", "items": ["a"] * 10})
    assert running.wait_for_end(owner, after["id"], 30)["successful"] == 10
    assert running.batch(owner, batch["id"])["processed"] == 0
