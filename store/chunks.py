"""Chunks: the units that workers claim, under a lease with a fencing number.

    ready -> queued -> leased -> done
               ^         |  (handed on, or taken from a worker that went away)
               +---------+

A chunk is `queued` from the moment that a message about it is due until a worker claims it. The fence
grows with every claim and every takeover: a worker that was overtaken matches no row and writes nothing.
Source: Kleppmann, How to do distributed locking (2016), on fencing tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from errors import LeaseLost
from store.clock import sql_now_ms
from store.tables import batches, chunks

PLAN, ITEMS = "plan", "items"
# A message that is not claimed within the time-out is sent again, each time after twice as long.
MAX_DOUBLINGS = 4


@dataclass(frozen=True, slots=True)
class Lease:
    """A worker's right to a chunk.

    Attributes:
        first: Position of the chunk's first item in the batch.
        done: How many of its items have an outcome already.
        items: Pairs of key and data; for a plan, the key that it has come to, or empty.
    """

    chunk_id: int
    batch_id: str
    kind: str
    first: int
    size: int
    done: int
    fence: int
    items: list[Any]


_lease_columns: list[Any] = [
    chunks.c.id,
    chunks.c.batch_id,
    chunks.c.kind,
    chunks.c.first,
    chunks.c.size,
    chunks.c.done,
    chunks.c.fence,
    chunks.c.payload,
]


def add_plan(connection: Connection, batch_id: str) -> int:
    """Adds the chunk that plans a batch, queued; returns its id."""
    values: dict[str, Any] = {"batch_id": batch_id, "kind": PLAN, "first": 0, "size": 0}
    values |= {"state": "queued", "dispatches": 1, "dispatched_ms": sql_now_ms(connection)}
    return int(connection.execute(insert(chunks).values(values).returning(chunks.c.id)).scalar_one())


def add_items(connection: Connection, batch_id: str, first: int, blocks: Iterable[Sequence[Any]]) -> int:
    """Adds chunks of items, ready to be dispatched.

    Args:
        first: Position of the first item.
        blocks: For each chunk its items, as pairs of key and data.

    Returns:
        The position behind the last item.
    """
    rows = []
    for block in blocks:
        row = {"batch_id": batch_id, "kind": ITEMS, "first": first, "size": len(block), "state": "ready"}
        rows.append(row | {"payload": orjson.dumps(block)})
        first += len(block)
    if rows:
        connection.execute(insert(chunks), rows)
    return first


def dispatch(connection: Connection, batch_id: str, max_parallel: int) -> list[int]:
    """Queues ready chunks until `max_parallel` of the batch are queued or leased; returns their ids."""
    in_flight = select(func.count()).where(
        chunks.c.batch_id == batch_id, chunks.c.state.in_(("queued", "leased"))
    )
    free = max_parallel - connection.execute(in_flight).scalar_one()
    return [] if free <= 0 else _queue(connection, _next_ready(batch_id, free))


def queue_next(connection: Connection, batch_id: str) -> list[int]:
    """Queues the next ready chunk in place of one that is done; returns its id, if there is one."""
    return _queue(connection, _next_ready(batch_id, 1))


def hand_on(connection: Connection, lease: Lease) -> None:
    """Gives the lease up and queues the chunk for whoever comes next."""
    _queue(connection, chunks.c.id == lease.chunk_id)


def claim(connection: Connection, chunk_id: int, worker: str, lease_seconds: float) -> Lease | None:
    """Leases the chunk if it waits for a worker and its batch may run, else returns None."""
    condition = and_(chunks.c.id == chunk_id, chunks.c.state.in_(("ready", "queued")))
    return _claim(connection, condition, worker, lease_seconds)


def claim_next(connection: Connection, batch_id: str, worker: str, lease_seconds: float) -> Lease | None:
    """Leases the batch's next ready chunk, or returns None where there is none."""
    return _claim(connection, _next_ready(batch_id, 1), worker, lease_seconds)


def advance(
    connection: Connection, lease: Lease, count: int, *, state: str, cursor: str | None = None
) -> None:
    """Records that the next `count` items of a leased chunk are done.

    It is the first statement of a commit: it holds the row until the end, so that nobody takes the chunk
    over in the meantime.

    Args:
        state: `leased` to go on with it, `ready` to release it, `done`.
        cursor: For a plan, the key that it has come to.

    Raises:
        LeaseLost: The chunk was taken over; the caller's transaction must not be committed.
    """
    values: dict[str, Any] = {"done": chunks.c.done + count, "state": state}
    if cursor is not None:
        values["payload"] = orjson.dumps([cursor])
    if state == "done":
        values["payload"] = None
    statement = update(chunks).where(_held(lease)).values(values)
    if connection.execute(statement).rowcount != 1:
        raise LeaseLost(f"chunk {lease.chunk_id} was taken over by another worker")


def renew(connection: Connection, lease: Lease, lease_seconds: float) -> bool:
    """Prolongs a lease; False when it was lost, or when its batch may not go on."""
    until = sql_now_ms(connection) + int(lease_seconds * 1000)
    statement = update(chunks).where(_held(lease), _batch_may_run()).values(lease_until_ms=until)
    return connection.execute(statement).rowcount == 1


def requeue_lost(connection: Connection, dispatch_timeout_seconds: float) -> list[tuple[int, str, bool]]:
    """Queues again what was leased by a worker that went away, or queued in a message that got lost.

    Returns:
        For each chunk its id, its batch's id, and whether it was taken from a worker.
    """
    now = sql_now_ms(connection)
    timeout_ms = int(dispatch_timeout_seconds * 1000)
    overdue = or_(
        *(
            and_(chunks.c.dispatches == times + 1, chunks.c.dispatched_ms < now - timeout_ms * 2**times)
            for times in range(MAX_DOUBLINGS)
        ),
        and_(
            chunks.c.dispatches > MAX_DOUBLINGS, chunks.c.dispatched_ms < now - timeout_ms * 2**MAX_DOUBLINGS
        ),
    )
    expired = and_(chunks.c.state == "leased", chunks.c.lease_until_ms < now)
    unheard = and_(chunks.c.state == "queued", overdue)
    found = connection.execute(
        select(chunks.c.id, chunks.c.batch_id, chunks.c.state)
        .where(or_(expired, unheard), _batch_may_run())
        .order_by(chunks.c.id)
        .with_for_update(skip_locked=True, of=chunks)
    ).all()
    for chunk_id, _, state in found:
        fence = chunks.c.fence + (1 if state == "leased" else 0)
        dispatches = 1 if state == "leased" else chunks.c.dispatches + 1
        statement = update(chunks).where(chunks.c.id == chunk_id)
        connection.execute(
            statement.values(
                state="queued", fence=fence, dispatches=dispatches, dispatched_ms=now, worker=None
            )
        )
    return [(chunk_id, batch_id, state == "leased") for chunk_id, batch_id, state in found]


def release_queued(connection: Connection, batch_id: str) -> None:
    """Takes back what is queued: messages about it that still come find nothing to do."""
    condition = and_(chunks.c.batch_id == batch_id, chunks.c.state == "queued")
    connection.execute(update(chunks).where(condition).values(state="ready"))


def batch_of(connection: Connection, chunk_id: int) -> str | None:
    """The id of the batch that a chunk belongs to."""
    return connection.execute(select(chunks.c.batch_id).where(chunks.c.id == chunk_id)).scalar()


def _held(lease: Lease) -> ColumnElement[bool]:
    return and_(chunks.c.id == lease.chunk_id, chunks.c.fence == lease.fence, chunks.c.state == "leased")


def _batch_may_run() -> ColumnElement[bool]:
    statuses = ("pending", "running")
    return (
        select(batches.c.id).where(batches.c.id == chunks.c.batch_id, batches.c.status.in_(statuses)).exists()
    )


def _next_ready(batch_id: str, count: int) -> ColumnElement[bool]:
    candidates = (
        select(chunks.c.id)
        .where(chunks.c.batch_id == batch_id, chunks.c.state == "ready")
        .order_by(chunks.c.first)
        .limit(count)
        .with_for_update(skip_locked=True)
    )
    return chunks.c.id.in_(candidates)


def _queue(connection: Connection, condition: ColumnElement[bool]) -> list[int]:
    values = {"state": "queued", "dispatches": 1, "dispatched_ms": sql_now_ms(connection)}
    statement = update(chunks).where(condition).values(values).returning(chunks.c.id)
    return [int(chunk_id) for chunk_id in connection.execute(statement).scalars()]


def _claim(
    connection: Connection, condition: ColumnElement[bool], worker: str, lease_seconds: float
) -> Lease | None:
    until = sql_now_ms(connection) + int(lease_seconds * 1000)
    statement = (
        update(chunks)
        .where(condition, _batch_may_run())
        .values(state="leased", fence=chunks.c.fence + 1, worker=worker, lease_until_ms=until)
        .returning(*_lease_columns)
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        return None
    return Lease(
        chunk_id=row.id,
        batch_id=row.batch_id,
        kind=row.kind,
        first=row.first,
        size=row.size,
        done=row.done,
        fence=row.fence,
        items=orjson.loads(row.payload) if row.payload else [],
    )
