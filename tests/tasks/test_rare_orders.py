"""Orders of events that the model in test_accounting.py came upon, each as its shortest story."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import update

from store import chunks
from store.tables import chunks as chunks_table
from store.users import UserRow
from tests.conftest import Workbench
from tests.tasks.test_batches import start


def in_flight(workbench: Workbench, batch_id: str) -> int:
    with workbench.database.read() as connection:
        return chunks.in_flight(connection, batch_id)


def let_leases_run_out(workbench: Workbench) -> None:
    with workbench.database.write() as connection:
        connection.execute(
            update(chunks_table).where(chunks_table.c.state == "leased").values(lease_until_ms=1)
        )


def test_an_empty_batch_that_is_sealed_while_it_waits_completes_when_it_starts(
    make_workbench: Callable[..., Workbench], user: UserRow
) -> None:
    workbench = make_workbench(max_running_per_user=1)
    first = start(workbench, user, "mixed", items=["a"])
    second = start(workbench, user, "mixed", items=[], sealed=False)
    workbench.batches.seal(second)
    workbench.drain()
    assert workbench.batches.get(first).status == "completed"
    assert workbench.batches.get(second).status == "completed"
