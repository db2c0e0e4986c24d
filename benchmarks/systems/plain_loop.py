"""The limit: one process that only writes the same rows in bulk, without queue, leases or events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import ClassVar

from sqlalchemy import Connection, select, update

from benchmarks.client import Client
from benchmarks.system import NOOP, Place
from benchmarks.systems.batchwire import OnDatabase, connect_as_producer
from benchmarks.watching import BATCH_ID, BatchWatch, Watch
from store import results
from store.results import ResultRow
from store.states import SUCCESSFUL
from store.tables import batches, chunks
from store.tables import results as results_table

ROWS_PER_TRANSACTION = 1_000
AddRows = Callable[[Connection, Sequence[ResultRow]], None]


def add_rows(connection: Connection, rows: Sequence[ResultRow]) -> None:
    """The bulk insert of the database's own driver."""
    markers = ", ".join(["?"] * len(results_table.columns))
    connection.exec_driver_sql(f"INSERT INTO results VALUES ({markers})", list(rows))


class PlainLoop(OnDatabase):
    """Bulk inserts of results and an update of a counter, 1,000 rows a transaction."""

    items: ClassVar[dict[str, int]] = {NOOP: 100_000}
    promise = "the same rows and a counter, written by one process; nothing is queued, leased or told"

    def __init__(self, database: str, add: AddRows, how: str = "") -> None:
        super().__init__(database)
        self.name = f"loop-{database.lower()}" + ("-tuned" if how else "")
        self.title = f"plain loop of inserts, {database}{how}"
        self._add = add

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
        return lambda: write(client, self._add, batch_id, chunk_id, count)


def write(client: Client, add: AddRows, batch_id: str, chunk_id: int, count: int) -> None:
    """Writes `count` results."""
    for first in range(0, count, ROWS_PER_TRANSACTION):
        positions = range(first, min(count, first + ROWS_PER_TRANSACTION))
        rows = [(chunk_id, position, str(position), SUCCESSFUL, None, None, 0) for position in positions]
        counted = update(batches).where(batches.c.id == batch_id)
        with client.engine.database.write() as connection:
            add(connection, rows)
            connection.execute(counted.values(processed=batches.c.processed + len(rows)))


SYSTEMS = [
    PlainLoop("SQLite", add_rows),
    PlainLoop("SQLite", results.add, " as Batchwire writes"),
    PlainLoop("PostgreSQL", results.add),
]
