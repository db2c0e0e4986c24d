"""The limit: one process that only writes the same rows in bulk, without queue, leases or events."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import ClassVar

from sqlalchemy import select, update

from benchmarks.client import Client
from benchmarks.system import NOOP, Place
from benchmarks.systems.batchwire import OnDatabase, connect_as_producer
from benchmarks.watching import BATCH_ID, BatchWatch, Watch
from store import results
from store.results import SUCCESSFUL
from store.tables import batches, chunks

ROWS_PER_TRANSACTION = 1_000


class PlainLoop(OnDatabase):
    """Bulk inserts of results and an update of a counter, 1,000 rows a transaction."""

    items: ClassVar[dict[str, int]] = {NOOP: 100_000}
    promise = "the same rows and a counter, written by one process; nothing is queued, leased or told"

    def __init__(self, database: str) -> None:
        super().__init__(database)
        self.name = f"loop-{database.lower()}"
        self.title = f"plain loop of inserts, {database}"

    def watch(self, place: Place) -> AbstractContextManager[Watch]:
        """The batch's row; nobody sends ticks."""
        return BatchWatch(Client(place.environment), ticks=False)

    def workers(self, place: Place) -> list[list[str]]:
        """None: the producer does it all."""
        return []

    def sender(self, load: str, count: int) -> Callable[[], object]:
        """A batch that no worker ever runs lends its row, and the chunk that the results belong to."""
        client = connect_as_producer()
        batch_id = client.start(client.add_user(), "benchmark-noop", count=count)
        with client.engine.database.read() as connection:
            chunk_id = connection.execute(
                select(chunks.c.id).where(chunks.c.batch_id == batch_id)
            ).scalar_one()
        client.redis.set(BATCH_ID, batch_id)
        return lambda: insert(client, batch_id, chunk_id, count)


def insert(client: Client, batch_id: str, chunk_id: int, count: int) -> None:
    """Writes `count` results."""
    for first in range(0, count, ROWS_PER_TRANSACTION):
        positions = range(first, min(count, first + ROWS_PER_TRANSACTION))
        rows = [(chunk_id, position, str(position), SUCCESSFUL, None, None, 0) for position in positions]
        counted = update(batches).where(batches.c.id == batch_id)
        with client.engine.database.write() as connection:
            results.add(connection, rows)
            connection.execute(counted.values(processed=batches.c.processed + len(rows)))


SYSTEMS = [PlainLoop("SQLite"), PlainLoop("PostgreSQL")]
