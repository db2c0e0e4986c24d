"""Chunks: runs of consecutive items, and the plans that make them; the units that workers claim.

    ready -> queued -> leased -> done
      ^        ^         |
      |        +---------+  handed on, or taken from a worker that went away
      +------------------+  released: the batch was paused, or an item must wait

A chunk is `queued` from the moment that a message about it is due until a worker claims it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from store.batches import may_run
from store.clock import sql_now_ms
from store.leases import CAREFUL_MS, ITEMS, PLAN, is_due, next_ready
from store.states import FAILED
from store.tables import batches, chunks, results

# A message that is not claimed within the time-out is sent again, each time after twice as long.
MAX_DOUBLINGS = 4


@dataclass(frozen=True, slots=True)
class Block:
    """The items of one chunk, encoded.

    Attributes:
        size: How many there are.
        last_key: The key of the last.
    """

    size: int
    last_key: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Lost:
    """A chunk that was queued again.

    Attributes:
        from_worker: True if it was taken from a worker, False if its message was lost.
        dispatches: How many messages were sent about it since somebody last claimed it.
    """

    chunk_id: int
    batch_id: str
    priority: int
    from_worker: bool
    dispatches: int


def add_plan(connection: Connection, batch_id: str) -> int:
    """Adds the chunk that plans a batch, ready to be dispatched; returns its id."""
    values: dict[str, Any] = {"batch_id": batch_id, "kind": PLAN, "first": 0, "size": 0, "state": "ready"}
    return int(connection.execute(insert(chunks).values(values).returning(chunks.c.id)).scalar_one())


def encode(items: Sequence[tuple[str, Any]]) -> Block:
    """Items, as pairs of key and data, in the form in which a chunk holds them.

    Raises:
        TypeError: The data of an item is no JSON value.
    """
    return Block(len(items), items[-1][0], orjson.dumps(items))


def add_items(connection: Connection, batch_id: str, first: int, blocks: Iterable[Block]) -> int:
    """Adds chunks of items, ready to be dispatched.

    Args:
        first: Position of the first item.

    Returns:
        The position behind the last item.
    """
    rows = []
    for block in blocks:
        row = {"batch_id": batch_id, "kind": ITEMS, "first": first, "size": block.size, "state": "ready"}
        rows.append(row | {"payload": block.payload})
        first += block.size
    if rows:
        connection.execute(insert(chunks), rows)
    return first


def is_planned(connection: Connection, batch_id: str) -> bool:
    """True once all items of the batch are stored."""
    query = select(chunks.c.id).where(
        chunks.c.batch_id == batch_id, chunks.c.kind == PLAN, chunks.c.state != "done"
    )
    return connection.execute(query).first() is None


def dispatch(connection: Connection, batch_id: str, max_parallel: int) -> list[int]:
    """Queues ready chunks until `max_parallel` of the batch are queued or leased; returns their ids."""
    free = max_parallel - in_flight(connection, batch_id)
    if free <= 0:
        return []
    if is_planned(connection, batch_id):
        return _queue(connection, next_ready(batch_id, free))
    plan = and_(chunks.c.batch_id == batch_id, chunks.c.kind == PLAN, chunks.c.state == "ready")
    return _queue(connection, and_(plan, is_due))


def queue_next(connection: Connection, batch_id: str) -> list[int]:
    """Queues the next ready chunk in place of one that is done; returns its id, if there is one."""
    return _queue(connection, next_ready(batch_id, 1))


def in_flight(connection: Connection, batch_id: str) -> int:
    """How many chunks of the batch are queued or leased."""
    states = chunks.c.state.in_(("queued", "leased"))
    query = select(func.count()).where(chunks.c.batch_id == batch_id, states)
    return int(connection.execute(query).scalar_one())


def has_left(connection: Connection, batch_id: str) -> bool:
    """True while there are chunks of the batch that are not done."""
    query = select(chunks.c.id).where(chunks.c.batch_id == batch_id, chunks.c.state != "done").limit(1)
    return connection.execute(query).first() is not None


def has_ready(connection: Connection, batch_id: str) -> bool:
    """True while there are chunks of the batch that nobody was told about."""
    query = select(chunks.c.id).where(chunks.c.batch_id == batch_id, chunks.c.state == "ready").limit(1)
    return connection.execute(query).first() is not None


def is_only_one(connection: Connection, batch_id: str) -> bool:
    """True if the batch has chunks that nobody was told about, and no other batch waits for a worker."""
    other = select(chunks.c.id).where(chunks.c.state == "queued", chunks.c.batch_id != batch_id).limit(1)
    return has_ready(connection, batch_id) and connection.execute(other).first() is None


def starving(connection: Connection, *, only_timed: bool) -> list[str]:
    """Batches that could have more chunks queued than they have.

    Args:
        only_timed: Look only for chunks that had to wait for a time which has come.
    """
    due = chunks.c.not_before_ms <= sql_now_ms if only_timed else is_due
    waits = and_(chunks.c.batch_id == batches.c.id, chunks.c.state == "ready", due)
    flying = chunks.alias()
    count = (
        select(func.count())
        .where(flying.c.batch_id == batches.c.id, flying.c.state.in_(("queued", "leased")))
        .scalar_subquery()
    )
    if only_timed:
        query = select(batches.c.id).join(chunks, waits).where(may_run()).distinct()
    else:
        query = select(batches.c.id).where(may_run(), select(chunks.c.id).where(waits).exists())
    return list(connection.execute(query.where(count < batches.c.max_parallel)).scalars())


def requeue_lost(connection: Connection, dispatch_timeout_seconds: float) -> list[Lost]:
    """Queues again what was leased by a worker that went away, or queued in a message that got lost."""
    rows = connection.execute(
        _lost(connection, dispatch_timeout_seconds).with_for_update(skip_locked=True, of=chunks)
    ).all()
    found = [
        Lost(row.id, row.batch_id, row.priority, row.state == "leased", row.dispatches + 1) for row in rows
    ]
    for one in found:
        values: dict[str, Any] = {"state": "queued", "dispatched_ms": sql_now_ms, "worker": None}
        values["dispatches"] = 1 if one.from_worker else one.dispatches
        if one.from_worker:
            values |= {"fence": chunks.c.fence + 1, "losses": chunks.c.losses + 1, "careful_ms": CAREFUL_MS}
        connection.execute(update(chunks).where(chunks.c.id == one.chunk_id).values(**values))
    return found


def standstill(connection: Connection) -> tuple[int, int, int] | None:
    """A mark of the queued work that changes as soon as any of it is taken.

    Returns:
        None where nothing is queued, or something is in work.
    """
    leased = func.count().filter(chunks.c.state == "leased")
    query = select(leased, func.count(), func.sum(chunks.c.id), func.sum(chunks.c.fence))
    in_work, *mark = connection.execute(query.where(chunks.c.state.in_(("queued", "leased")))).one()
    if in_work or not mark[0]:
        return None
    return int(mark[0]), int(mark[1]), int(mark[2])


def any_lost(connection: Connection, dispatch_timeout_seconds: float) -> bool:
    """True if `requeue_lost` would find something; it only reads."""
    return connection.execute(_lost(connection, dispatch_timeout_seconds).limit(1)).first() is not None


def release_queued(connection: Connection, batch_id: str) -> None:
    """Takes back what is queued: messages about it that still come find nothing to do."""
    condition = and_(chunks.c.batch_id == batch_id, chunks.c.state == "queued")
    connection.execute(update(chunks).where(condition).values(state="ready"))


def rerun_failed(connection: Connection, batch_id: str) -> None:
    """Forgets the results of the failed items, so that their chunks run them again, and only them.

    Call it with the batch locked and at its end. Chunks that a worker had in hand when the batch ended
    are taken from it, and so is a plan.
    """
    of_batch = chunks.c.batch_id == batch_id
    failed = and_(of_batch, chunks.c.kind == ITEMS, chunks.c.failed > 0)
    ids = select(chunks.c.id).where(failed)
    connection.execute(delete(results).where(results.c.chunk_id.in_(ids), results.c.outcome == FAILED))
    values: dict[str, Any] = {"state": "ready", "worker": None, "losses": 0, "careful_ms": 0}
    values |= {"not_before_ms": None, "fence": chunks.c.fence + 1}
    connection.execute(update(chunks).where(of_batch, chunks.c.state != "done").values(**values))
    connection.execute(update(chunks).where(failed).values(**values, failed=0, rerun=True))


def batch_of(connection: Connection, chunk_id: int) -> str | None:
    """The id of the batch that a chunk belongs to."""
    return connection.execute(select(chunks.c.batch_id).where(chunks.c.id == chunk_id)).scalar()


def _lost(connection: Connection, dispatch_timeout_seconds: float) -> Any:
    now = sql_now_ms
    timeout_ms = int(dispatch_timeout_seconds * 1000)
    waited_too_long = or_(
        *(
            and_(chunks.c.dispatches == times + 1, chunks.c.dispatched_ms < now - timeout_ms * 2**times)
            for times in range(MAX_DOUBLINGS)
        ),
        and_(
            chunks.c.dispatches > MAX_DOUBLINGS, chunks.c.dispatched_ms < now - timeout_ms * 2**MAX_DOUBLINGS
        ),
    )
    expired = and_(chunks.c.state == "leased", chunks.c.lease_until_ms < now)
    unheard = and_(chunks.c.state == "queued", waited_too_long)
    return (
        select(chunks.c.id, chunks.c.batch_id, chunks.c.state, chunks.c.dispatches, batches.c.priority)
        .join(batches, batches.c.id == chunks.c.batch_id)
        .where(or_(expired, unheard), may_run())
        .order_by(chunks.c.id)
    )


def _queue(connection: Connection, condition: ColumnElement[bool]) -> list[int]:
    values = {"state": "queued", "dispatches": 1, "dispatched_ms": sql_now_ms}
    statement = update(chunks).where(condition).values(**values, not_before_ms=None).returning(chunks.c.id)
    return [int(chunk_id) for chunk_id in connection.execute(statement).scalars()]
