"""kill -9 of a worker in the middle of a reload of the catalog: it comes to what the files say, told once."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import orjson
import pytest
import requests
from sqlalchemy import func, select

from store.database import Database
from store.tables import catalog_nodes, events
from tests.system import System, kill_group
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(180)
ROWS = 25_000
GONE = 5_000


def test_a_worker_killed_in_a_reload_changes_nothing_of_its_end(system: System, database: Database) -> None:
    system.start_web()
    system.start_worker()
    admin = system.login("admin@example.org")
    folder = Path(system.environment["DATA_DIR"]) / "catalog"
    folder.mkdir(parents=True)
    _write(folder, first=0, title="Old")
    batch = _reload(system, admin)
    assert system.wait_for_end(admin, batch["id"], 90)["successful"] == ROWS

    _write(folder, first=GONE, title="New")
    batch = _reload(system, admin)
    wait_for(lambda: system.batch(admin, batch["id"])["processed"] > ROWS // 6, 60, "a sixth of the rows")
    victim = system.processes[-1]
    kill_group(victim, signal.SIGKILL)
    victim.wait()
    assert system.batch(admin, batch["id"])["processed"] < ROWS
    system.start_worker()
    ended = system.wait_for_end(admin, batch["id"], 90)
    assert (ended["status"], ended["successful"], ended["failed"]) == ("completed", ROWS, 0)
    with database.read() as connection:
        query = select(func.count(), func.min(catalog_nodes.c.id)).where(catalog_nodes.c.title.like("New %"))
        assert tuple(connection.execute(query).one()) == (ROWS, f"n{GONE:06}")
        old = select(func.count()).where(catalog_nodes.c.title.like("Old %"))
        assert connection.execute(old).scalar_one() == 0
        told = select(events.c.payload).where(events.c.event == "catalog:reload").order_by(events.c.id)
        changes = [payload["changes"] for payload in connection.execute(told).scalars()]
    assert changes == [
        {"added": ROWS, "modified": 0, "deleted": 0},
        {"added": GONE, "modified": ROWS - GONE, "deleted": GONE},
    ]


def _write(folder: Path, first: int, title: str) -> None:
    rows = ({"id": f"n{number:06}", "title": f"{title} {number}"} for number in range(first, first + ROWS))
    (folder / "all.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))


def _reload(system: System, admin: requests.Session) -> dict[str, Any]:
    return system.create(admin, json={"operation": "reload-catalog", "filters": {}})
