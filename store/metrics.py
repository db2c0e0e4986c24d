"""How much there is to do, in sums: nothing here tells of one user."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from store.states import TERMINAL, Priority, Status
from store.tables import batches, chunks

# The statuses of batches and the states of chunks, in the order of `QueueLoad`.
_PARTS = (Status.RUNNING, Status.PENDING, "queued", "leased")


@dataclass(frozen=True, slots=True)
class Load:
    """All batches that have not ended, summed up.

    Attributes:
        by_status: How many there are of each status.
        items_per_second: The recent rates of those that run.
        processed: Items of these batches that have an outcome, and how many of them failed.
        queued: Chunks that wait for a worker.
    """

    by_status: dict[Status, int]
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
        items_per_second=sum(float(rate) for status, _, rate, *_ in rows if status == Status.RUNNING),
        processed=sum(int(processed) for *_, processed, _ in rows),
        failed=sum(int(failed) for *_, failed in rows),
        queued=int(connection.execute(queued).scalar_one()),
    )


@dataclass(frozen=True, slots=True)
class QueueLoad:
    """What there is to do of one priority.

    Attributes:
        running: Batches that run, and those that wait for their turn.
        queued: Chunks that wait for a worker, and those that a worker has in hand.
    """

    running: int
    pending: int
    queued: int
    in_hand: int


@dataclass(frozen=True, slots=True)
class InHand:
    """A chunk that a worker has in hand: which, and of whose batch."""

    worker: str
    batch_id: str
    batch_name: str
    kind: str


def queues(connection: Connection) -> dict[Priority, QueueLoad]:
    """The load of each priority."""
    by_status = (
        select(batches.c.priority, batches.c.status, func.count())
        .where(batches.c.status.in_([Status.RUNNING, Status.PENDING]))
        .group_by(batches.c.priority, batches.c.status)
    )
    by_state = (
        select(batches.c.priority, chunks.c.state, func.count())
        .join(batches, batches.c.id == chunks.c.batch_id)
        .where(chunks.c.state.in_(["queued", "leased"]))
        .group_by(batches.c.priority, chunks.c.state)
    )
    counts: dict[tuple[int, str], int] = {
        (priority, what): int(count)
        for query in (by_status, by_state)
        for priority, what, count in connection.execute(query)
    }
    return {
        priority: QueueLoad(*(counts.get((priority.code, what), 0) for what in _PARTS))
        for priority in Priority
    }


def in_hand(connection: Connection, most: int) -> list[InHand]:
    """What workers have in hand, at most so many chunks."""
    query = (
        select(chunks.c.worker, chunks.c.batch_id, batches.c.name, chunks.c.kind)
        .join(batches, batches.c.id == chunks.c.batch_id)
        .where(chunks.c.state == "leased", chunks.c.worker.is_not(None))
        .order_by(chunks.c.worker)
        .limit(most)
    )
    return [InHand(*row) for row in connection.execute(query)]
