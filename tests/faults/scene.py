"""What the outage tests share: a running system with a connected owner, and what must be true at the end."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from store.database import Database
from store.tables import results
from tests.system import Listener, System, children
from tests.waiting import wait_for


class Scene:
    """Web process and worker with a connected owner, and what must be true of them after an outage."""

    def __init__(self, system: System, database: Database) -> None:
        self.system = system
        self.database = database
        self.web = system.start_web()
        self.worker = system.start_worker()
        self.pool = children(self.worker)
        self.owner = system.login("owner@example.org")
        self.listener: Listener = system.connect(self.owner)

    def start(self, count: int, seconds: float = 0.004, parallel: int = 4) -> dict[str, Any]:
        body = {"operation": "sleep", "items": list(range(count)), "options": {"seconds": seconds}}
        return self.system.create(self.owner, json=body | {"maxParallel": parallel})

    def processed(self, batch: dict[str, Any]) -> int:
        return int(self.system.batch(self.owner, batch["id"])["processed"])

    def check_end(self, *batches: dict[str, Any], seconds: float = 40) -> None:
        """Each batch ends, with one result per item and one `batch:complete`; no process was replaced."""
        for batch in batches:
            ended = self.system.wait_for_end(self.owner, batch["id"], seconds)
            assert (ended["status"], ended["successful"]) == ("completed", batch["total"])
            self._check_told_once(batch)
        with self.database.read() as connection:
            count = func.count(results.c.position)
            rows = connection.execute(select(count).group_by(results.c.chunk_id, results.c.position)).all()
        assert {row[0] for row in rows} == {1}
        self.check_processes()

    def check_processes(self) -> None:
        assert (self.web.poll(), self.worker.poll()) == (None, None)
        assert children(self.worker) == self.pool
        assert "Traceback" not in self.system.log("web")

    def _check_told_once(self, batch: dict[str, Any]) -> None:
        wait_for(lambda: self.listener.of("batch:complete", batch["id"]), 10, "batch:complete")
        # Whatever would come a second time comes before the answer to this.
        self.listener.client.call("join-room", "dashboard")
        assert len(self.listener.of("batch:complete", batch["id"])) == 1
