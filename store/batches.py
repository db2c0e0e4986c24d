"""Batches: one row each, whose counters and status are only changed together with its version."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, insert, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from store.clock import now_ms
from store.states import RUNNABLE, TERMINAL, Phase, Status
from store.tables import batches

COUNTERS = ("processed", "successful", "failed", "skipped", "rate", "rate_ms")

# Time constant of the rate's average: what happened 10 s ago weighs e times less than what happens now.
RATE_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """A batch as the database holds it; the columns are those of `store.tables.batches`.

    Attributes:
        priority: The code of a `Priority`.
    """

    id: str
    owner_id: str
    operation: str
    name: str
    description: str
    status: Status
    phase: Phase
    version: int
    total: int | None
    planned: int
    processed: int
    successful: int
    failed: int
    skipped: int
    redeliveries: int
    recoveries: int
    retries: int
    rate: float
    rate_ms: int
    rate_start_ms: int
    message: str
    error_code: str | None
    error_message: str | None
    options: dict[str, Any]
    filters: dict[str, Any] | None
    upload_name: str | None
    upload_path: str | None
    max_parallel: int
    priority: int
    sealed: bool
    retry_attempts: int
    timeout_ms: int | None
    max_failures: int | None
    max_failure_percent: float | None
    idempotency_key: str | None
    request_hash: str | None
    created_ms: int
    started_ms: int | None
    finished_ms: int | None

    @property
    def is_terminal(self) -> bool:
        """True once nothing more will happen."""
        return self.status in TERMINAL

    @property
    def may_run(self) -> bool:
        """What `may_run()` asks the database: true if it has started and neither pauses nor has ended."""
        return self.status in RUNNABLE and self.phase != Phase.WAITING

    @property
    def has_failed_too_often(self) -> bool:
        """True if more items failed than the batch allows, as a count or in percent of all items."""
        if self.max_failures is not None and self.failed > self.max_failures:
            return True
        total = self.total or self.planned
        return self.max_failure_percent is not None and self.failed * 100 > self.max_failure_percent * total


_names = [field.name for field in fields(BatchRow)]
_columns = [batches.c[name] for name in _names]


_lock_statement = select(*_columns).where(batches.c.id == bindparam("batch_id")).with_for_update()


def may_run() -> ColumnElement[bool]:
    """True for batches that have started and neither pause nor have ended."""
    return and_(batches.c.status.in_(RUNNABLE), batches.c.phase != Phase.WAITING)


def row_to_batch(row: Any) -> BatchRow:
    """The dataclass of a row whose first columns are those of `selection()`."""
    return BatchRow(**dict(zip(_names, row, strict=False)))


def selection() -> list[Any]:
    """The columns that make a `BatchRow`."""
    return _columns


def add(connection: Connection, values: dict[str, Any]) -> BatchRow:
    """Stores a new batch and returns it."""
    statement = insert(batches).values(created_ms=now_ms(), **values).returning(*_columns)
    return row_to_batch(connection.execute(statement).one())


def get(connection: Connection, batch_id: str) -> BatchRow | None:
    """The batch of that id, or None."""
    row = connection.execute(select(*_columns).where(batches.c.id == batch_id)).one_or_none()
    return None if row is None else row_to_batch(row)


def unfinished_of(connection: Connection, owner_ids: Collection[str]) -> dict[str, list[BatchRow]]:
    """Batches of these users that have not ended, by user, the oldest first."""
    query = select(*_columns).where(batches.c.owner_id.in_(owner_ids), batches.c.status.not_in(TERMINAL))
    found: dict[str, list[BatchRow]] = {}
    for row in connection.execute(query.order_by(batches.c.created_ms)):
        batch = row_to_batch(row)
        found.setdefault(batch.owner_id, []).append(batch)
    return found


def lock(connection: Connection, batch_id: str) -> BatchRow | None:
    """The batch, which nobody else can change until the transaction ends; None if it is gone."""
    row = connection.execute(_lock_statement, {"batch_id": batch_id}).one_or_none()
    return None if row is None else row_to_batch(row)


def by_idempotency_key(connection: Connection, owner_id: str, key: str) -> BatchRow | None:
    """The batch that the user created with that key, or None."""
    condition = and_(batches.c.owner_id == owner_id, batches.c.idempotency_key == key)
    row = connection.execute(select(*_columns).where(condition)).one_or_none()
    return None if row is None else row_to_batch(row)


def change(connection: Connection, batch_id: str, **values: Any) -> BatchRow:
    """Writes new values and the next version; call it with the batch locked."""
    statement = _change_statement(tuple(values))
    return row_to_batch(connection.execute(statement, {"batch_id": batch_id, **values}).one())


@cache
def _change_statement(names: tuple[str, ...]) -> ReturningUpdate[Any]:
    """Built once for each set of columns: building it anew takes longer than the database does."""
    values: dict[str, Any] = {name: bindparam(name, type_=batches.c[name].type) for name in names}
    return (
        update(batches)
        .where(batches.c.id == bindparam("batch_id"))
        .values(version=batches.c.version + 1, **values)
        .returning(*_columns)
    )


def count_outcomes(batch: BatchRow, *, successful: int, failed: int, skipped: int) -> BatchRow:
    """The batch with more items done, and its rate brought up to date; nothing is written."""
    count = successful + failed + skipped
    now = now_ms()
    return replace(
        batch,
        processed=batch.processed + count,
        successful=batch.successful + successful,
        failed=batch.failed + failed,
        skipped=batch.skipped + skipped,
        rate=average_rate(batch, count, now),
        rate_ms=now,
    )


def average_rate(batch: BatchRow, count: int, now: int) -> float:
    """Items a second: an exponential average over time, in which the last seconds weigh most.

    The weights are divided by their sum so far, as in Adam's bias correction (Kingma and Ba, 2015,
    section 3), so that the first seconds are not taken for the whole past.
    """
    elapsed_ms = max(1, now - batch.rate_ms)
    total_ms = max(elapsed_ms, now - batch.rate_start_ms)
    weight = -math.expm1(-elapsed_ms / 1000 / RATE_SECONDS) / -math.expm1(-total_ms / 1000 / RATE_SECONDS)
    return batch.rate + weight * (count * 1000 / elapsed_ms - batch.rate)


def count_redelivery(connection: Connection, batch_id: str) -> None:
    """Notes a message that came again and was absorbed."""
    connection.execute(
        update(batches).where(batches.c.id == batch_id).values(redeliveries=batches.c.redeliveries + 1)
    )


def count_recovery(connection: Connection, batch_id: str) -> None:
    """Notes a chunk that was taken from a worker which went away."""
    connection.execute(
        update(batches).where(batches.c.id == batch_id).values(recoveries=batches.c.recoveries + 1)
    )
