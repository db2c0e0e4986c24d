"""Leases: a worker's right to a chunk until a time, with a fencing number.

The fence grows with every claim, every commit and every takeover: a worker that was overtaken, or that does
not know whether its last commit went through, matches no row and writes nothing.
Source: Kleppmann, How to do distributed locking (2016), on fencing tokens.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Update,
    and_,
    bindparam,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from errors import LeaseLost
from store.batches import may_run
from store.clock import sql_now_ms
from store.tables import batches, chunks, results

PLAN, ITEMS = "plan", "items"

# After a worker was lost, items run apart from each other until they have taken this long together: many
# times what a worker can have had in hand, since it commits several times a second.
CAREFUL_MS = 2000


@dataclass(frozen=True, slots=True)
class Deferred:
    """An item that was passed over and has no result yet.

    Attributes:
        attempts: How often it was tried.
        due_ms: When to try it again; 0 for at once.
    """

    attempts: int = 0
    due_ms: int = 0


class Payload:
    """The items of a chunk, decoded when they are first asked for: after the transaction, not in it."""

    __slots__ = ("_data", "_items")

    def __init__(self, data: bytes | None) -> None:
        self._data = data
        self._items: list[Any] | None = None

    @property
    def items(self) -> list[Any]:
        """The decoded items."""
        if self._items is None:
            self._items = orjson.loads(self._data) if self._data else []
        return self._items


@dataclass(frozen=True, slots=True)
class Lease:
    """A worker's right to a chunk.

    Attributes:
        first: Position of the chunk's first item in the batch.
        done: How many of its items were passed: they have an outcome, or are deferred.
        failed: How many of its items failed.
        deferred: The items that were passed over, by position.
        granted: How many items the operation's rate lets run.
        losses: Workers that were lost in a row over this chunk.
        careful_ms: How long its items still run apart from each other, in milliseconds; 0 for together.
    """

    chunk_id: int
    batch_id: str
    kind: str
    first: int
    size: int
    done: int
    fence: int
    payload: Payload
    failed: int = 0
    deferred: dict[int, Deferred] = field(default_factory=dict)
    granted: int = 0
    losses: int = 0
    careful_ms: int = 0

    @property
    def items(self) -> list[Any]:
        """Pairs of key and data; for a plan, the key that it has come to, or empty."""
        return self.payload.items

    @property
    def is_finished(self) -> bool:
        """True once every item has a result."""
        return self.done >= self.size and not self.deferred

    def next_due_ms(self, now: int) -> int | None:
        """When an item can be run: None for now, else a time in milliseconds."""
        if self.done < self.size or not self.deferred:
            return None
        due_ms = min(one.due_ms for one in self.deferred.values())
        return None if due_ms <= now else due_ms


_columns: list[Any] = [
    chunks.c[name]
    for name in (
        "id",
        "batch_id",
        "kind",
        "first",
        "size",
        "done",
        "fence",
        "failed",
        "deferred",
        "rerun",
        "granted",
        "losses",
        "careful_ms",
        "payload",
    )
]


def claim(connection: Connection, chunk_id: int, worker: str, lease_seconds: float) -> Lease | None:
    """Leases the chunk if a message about it is due and its batch may run, else returns None.

    A chunk that is ready but not queued is left alone: an old message about it must not make the batch run
    more chunks than it may.
    """
    return _claim(connection, _claim_statement, worker, lease_seconds, chunk_id=chunk_id)


def claim_next(connection: Connection, batch_id: str, worker: str, lease_seconds: float) -> Lease | None:
    """Leases the batch's next ready chunk, or returns None where there is none."""
    return _claim(connection, _claim_next_statement, worker, lease_seconds, of_batch=batch_id)


def check(connection: Connection, lease: Lease) -> None:
    """Holds the chunk's row until the transaction ends.

    Raises:
        LeaseLost: The chunk was taken over.
    """
    statement = select(chunks.c.id).where(_is_held).with_for_update()
    if connection.execute(statement, _held(lease)).first() is None:
        raise _lost(lease)


def advance(connection: Connection, lease: Lease, after: Lease, cursor: str | None = None) -> Lease:
    """Records what became of a leased chunk's items; returns the lease to go on with.

    A chunk whose items all have a result is done with that; what failed in it keeps its input, to be run
    again when asked for. It holds the row until the transaction ends, so that nobody takes the chunk over
    in the meantime; what comes before it in a commit calls `check` first.

    Args:
        after: The lease as it is once the items are done.
        cursor: For a plan, the key that it has come to.

    Raises:
        LeaseLost: The chunk was taken over; the caller's transaction must not be committed.
    """
    values: dict[str, Any] = {
        "done": after.done,
        "failed": after.failed,
        "deferred": {str(p): [one.attempts, one.due_ms] for p, one in after.deferred.items()} or None,
        "rerun": False,
        "granted": after.granted,
        "losses": after.losses,
        "careful_ms": after.careful_ms,
        "fence": lease.fence + 1,
    }
    if cursor is not None:
        values["payload"] = orjson.dumps([cursor])
    if after.kind == ITEMS and after.is_finished:
        values |= {"state": "done", "worker": None} | ({} if after.failed else {"payload": None})
    _change(connection, lease, **values)
    return replace(after, fence=lease.fence + 1)


def finish_plan(connection: Connection, lease: Lease) -> None:
    """Marks a plan as done.

    Raises:
        LeaseLost: The chunk was taken over.
    """
    _change(connection, lease, state="done", worker=None, payload=None)


def release(connection: Connection, lease: Lease, not_before_ms: int | None = None) -> None:
    """Gives the chunk back, to be run when its turn comes, and not before a time, with what it was granted.

    Raises:
        LeaseLost: The chunk was taken over.
    """
    _change(connection, lease, state="ready", worker=None, not_before_ms=not_before_ms, granted=lease.granted)


def hand_on(connection: Connection, lease: Lease) -> None:
    """Gives the lease up and queues the chunk for whoever comes next.

    Raises:
        LeaseLost: The chunk was taken over.
    """
    _update(connection, _hand_on_statement, lease, {})


def split(connection: Connection, lease: Lease, keep: int) -> None:
    """Makes a chunk of its own, ready to be dispatched, of all items but the first `keep`.

    Raises:
        LeaseLost: The chunk was taken over.
    """
    head, tail = lease.items[:keep], lease.items[keep:]
    _change(connection, lease, size=keep, payload=orjson.dumps(head))
    row = {"batch_id": lease.batch_id, "kind": lease.kind, "first": lease.first + keep, "size": len(tail)}
    connection.execute(chunks.insert().values(**row, state="ready", payload=orjson.dumps(tail)))


def renew(connection: Connection, lease: Lease, lease_seconds: float) -> bool:
    """Prolongs a lease; False when it was lost, or when its batch may not go on."""
    until = sql_now_ms + int(lease_seconds * 1000)
    statement = update(chunks).where(_is_held, batch_may_run()).values(lease_until_ms=until)
    return connection.execute(statement, _held(lease)).rowcount == 1


def batch_may_run() -> ColumnElement[bool]:
    """True for chunks whose batch has started and is neither paused nor at its end."""
    return select(batches.c.id).where(batches.c.id == chunks.c.batch_id, may_run()).exists()


# True for chunks that need not wait for a time.
is_due = or_(chunks.c.not_before_ms.is_(None), chunks.c.not_before_ms <= sql_now_ms)


def next_ready(batch_id: str | BindParameter[str], count: int) -> ColumnElement[bool]:
    """True for the next chunks of a batch that can be run.

    A CTE is run once. As a plain subquery with a limit it may be run again for each row of the table, by the
    plan that PostgreSQL chooses on some days, and then gives other rows each time: all of them in the end.
    """
    candidates = (
        select(chunks.c.id)
        .where(chunks.c.batch_id == batch_id, chunks.c.state == "ready", is_due)
        .order_by(chunks.c.first)
        .limit(count)
        .with_for_update(skip_locked=True)
        .cte("candidates")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return chunks.c.id.in_(select(candidates.c.id))


_is_held = and_(
    chunks.c.id == bindparam("held_id"),
    chunks.c.fence == bindparam("held_fence"),
    chunks.c.state == "leased",
)


_hand_on_statement = (
    update(chunks).where(_is_held).values(state="queued", worker=None, dispatches=1, dispatched_ms=sql_now_ms)
)


def _held(lease: Lease) -> dict[str, Any]:
    return {"held_id": lease.chunk_id, "held_fence": lease.fence}


def _change(connection: Connection, lease: Lease, **values: Any) -> None:
    _update(connection, _change_statement(tuple(values)), lease, values)


def _update(connection: Connection, statement: Update, lease: Lease, values: dict[str, Any]) -> None:
    if connection.execute(statement, _held(lease) | values).rowcount != 1:
        raise _lost(lease)


@cache
def _change_statement(names: tuple[str, ...]) -> Update:
    """Built once for each set of columns: building it anew takes longer than the database does."""
    return update(chunks).where(_is_held).values({n: bindparam(n, type_=chunks.c[n].type) for n in names})


def _lost(lease: Lease) -> LeaseLost:
    return LeaseLost(f"chunk {lease.chunk_id} was taken over by another worker")


def _claiming(condition: ColumnElement[bool]) -> ReturningUpdate[Any]:
    values: dict[str, Any] = {
        "state": "leased",
        "fence": chunks.c.fence + 1,
        "worker": bindparam("claimed_by"),
        "lease_until_ms": sql_now_ms + bindparam("lease_ms", type_=BigInteger),
        "not_before_ms": None,
    }
    return update(chunks).where(condition, batch_may_run()).values(**values).returning(*_columns)


_claim_statement = _claiming(and_(chunks.c.id == bindparam("chunk_id"), chunks.c.state == "queued"))
_claim_next_statement = _claiming(next_ready(bindparam("of_batch"), 1))


def _claim(
    connection: Connection, statement: ReturningUpdate[Any], worker: str, lease_seconds: float, **where: Any
) -> Lease | None:
    values = {"claimed_by": worker, "lease_ms": int(lease_seconds * 1000)}
    row = connection.execute(statement, values | where).one_or_none()
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
        payload=Payload(row.payload),
        failed=row.failed,
        deferred=_without_result(connection, row) if row.rerun else _read_deferred(row.deferred),
        granted=row.granted,
        losses=row.losses,
        careful_ms=row.careful_ms,
    )


def _read_deferred(stored: dict[str, list[int]] | None) -> dict[int, Deferred]:
    return {int(position): Deferred(*values) for position, values in (stored or {}).items()}


def _without_result(connection: Connection, row: Any) -> dict[int, Deferred]:
    """The items of a chunk whose failures are run again: those that were passed and have no result."""
    known = _read_deferred(row.deferred)
    query = select(results.c.position).where(results.c.chunk_id == row.id)
    has_result = set(connection.execute(query).scalars())
    passed = range(row.first, row.first + row.done)
    return {position: known.get(position, Deferred()) for position in passed if position not in has_result}
