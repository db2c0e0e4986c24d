"""How much there is to do, in sums: nothing here tells of one user."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from store.batches import TERMINAL
from store.tables import batches, chunks


@dataclass(frozen=True, slots=True)
class Load:
    """All batches that have not ended, summed up.

    Attributes:
        by_status: How many there are of each status.
        items_per_second: The recent rates of those that run.
        processed: Items of these batches that have an outcome, and how many of them failed.
        queued: Chunks that wait for a worker.
    """

    by_status: dict[str, int]
    items_per_second: float
    processed: int
    failed: int
    queued: int


def load(connection: Connection) -> Load:
    """The load at this moment; it reads only what has not ended."""
    query = (
        select(
            batches.c.status,
            func.count(),
            func.coalesce(func.sum(batches.c.rate), 0.0),
            func.coalesce(func.sum(batches.c.processed), 0),
            func.coalesce(func.sum(batches.c.failed), 0),
        )
        .where(batches.c.status.not_in(TERMINAL))
        .group_by(batches.c.status)
    )
    rows = connection.execute(query).all()
    queued = select(func.count()).select_from(chunks).where(chunks.c.state == "queued")
    return Load(
        by_status={status: int(count) for status, count, *_ in rows},
        items_per_second=sum(float(rate) for status, _, rate, *_ in rows if status == "running"),
        processed=sum(int(processed) for *_, processed, _ in rows),
        failed=sum(int(failed) for *_, failed in rows),
        queued=int(connection.execute(queued).scalar_one()),
    )
