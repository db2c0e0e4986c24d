"""Batches: one row each, whose counters and status are only changed together with its version."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, insert, select, update

from store.clock import now_ms
from store.tables import batches

TERMINAL = ("completed", "failed", "cancelled")

# Time constant of the rate's average: what happened 10 s ago weighs e times less than what happens now.
RATE_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """A batch as the database holds it; the columns are those of `store.tables.batches`."""

    id: str
    owner_id: str
    operation: str
    name: str
    description: str
    status: str
    phase: str
    version: int
    total: int | None
    planned: int
    processed: int
    successful: int
    failed: int
    skipped: int
    redeliveries: int
    recoveries: int
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
    created_ms: int
    started_ms: int | None
    finished_ms: int | None

    @property
    def is_terminal(self) -> bool:
        """True once nothing more will happen."""
        return self.status in TERMINAL


_columns = [batches.c[field.name] for field in fields(BatchRow)]


def row_to_batch(row: Any) -> BatchRow:
    """The dataclass of a row that was selected with `selection()`."""
    return BatchRow(**{column.key: row._mapping[column] for column in _columns})


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


def lock(connection: Connection, batch_id: str) -> BatchRow | None:
    """The batch, which nobody else can change until the transaction ends; None if it is gone."""
    statement = select(*_columns).where(batches.c.id == batch_id).with_for_update()
    row = connection.execute(statement).one_or_none()
    return None if row is None else row_to_batch(row)


def change(connection: Connection, batch_id: str, **values: Any) -> BatchRow:
    """Writes new values and the next version; call it with the batch locked."""
    statement = (
        update(batches)
        .where(batches.c.id == batch_id)
        .values(version=batches.c.version + 1, **values)
        .returning(*_columns)
    )
    return row_to_batch(connection.execute(statement).one())


def record_progress(
    connection: Connection, batch: BatchRow, *, successful: int, failed: int, skipped: int, **values: Any
) -> BatchRow:
    """Adds to the counters of a locked batch and brings its rate up to date."""
    count = successful + failed + skipped
    now = now_ms()
    return change(
        connection,
        batch.id,
        processed=batch.processed + count,
        successful=batch.successful + successful,
        failed=batch.failed + failed,
        skipped=batch.skipped + skipped,
        rate=average_rate(batch, count, now),
        rate_ms=now,
        **values,
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
