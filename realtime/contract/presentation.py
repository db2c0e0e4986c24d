"""From a row of the store to what clients are told about a batch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from realtime.contract.events import (
    Artifact,
    Batch,
    BatchComplete,
    BatchError,
    BatchProgress,
    Counts,
    Problem,
)
from store.batches import BatchRow
from store.clock import to_datetime, to_datetime_or_none
from store.states import Priority, Status


def progress_percent(batch: BatchRow) -> float:
    """0 to 100 with one decimal, rounded down; 100 only for a completed batch."""
    if batch.status == Status.COMPLETED:
        return 100.0
    if not batch.total:
        return 0.0
    return min(99.9, math.floor(batch.processed * 1000 / batch.total) / 10)


def eta_seconds(batch: BatchRow) -> float | None:
    """Time left at the recent rate, or None where it cannot be told."""
    if batch.status != Status.RUNNING or batch.total is None or batch.rate <= 0:
        return None
    return round((batch.total - batch.processed) / batch.rate, 1)


def duration_ms(batch: BatchRow) -> int | None:
    """From the start of the work to its end, or None while there is none."""
    if batch.finished_ms is None:
        return None
    return batch.finished_ms - (batch.started_ms or batch.created_ms)


def to_batch(batch: BatchRow, artifacts: Sequence[Artifact] = ()) -> Batch:
    """The whole state."""
    error = None
    if batch.error_code is not None:
        error = Problem(code=batch.error_code, message=batch.error_message or "")
    return Batch(
        id=batch.id,
        batch_id=batch.id,
        operation=batch.operation,
        name=batch.name,
        description=batch.description,
        status=batch.status,
        phase=batch.phase,
        version=batch.version,
        progress=progress_percent(batch),
        total=batch.total,
        planned=batch.planned,
        processed=batch.processed,
        successful=batch.successful,
        failed=batch.failed,
        skipped=batch.skipped,
        rate=round(batch.rate, 2),
        eta_seconds=eta_seconds(batch),
        message=batch.message,
        error=error,
        redeliveries=batch.redeliveries,
        recoveries=batch.recoveries,
        options=batch.options,
        filters=batch.filters,
        upload_name=batch.upload_name,
        owner_id=batch.owner_id,
        max_parallel=batch.max_parallel,
        priority=Priority.of(batch.priority),
        sealed=batch.sealed,
        retries=batch.retries,
        retry_attempts=batch.retry_attempts,
        timeout_ms=batch.timeout_ms,
        max_failures=_max_failures(batch),
        created_at=to_datetime(batch.created_ms),
        started_at=to_datetime_or_none(batch.started_ms),
        finished_at=to_datetime_or_none(batch.finished_ms),
        duration_ms=duration_ms(batch),
        artifacts=list(artifacts),
    )


def _max_failures(batch: BatchRow) -> int | str | None:
    if batch.max_failure_percent is not None:
        return f"{batch.max_failure_percent:g}%"
    return batch.max_failures


def to_progress(batch: BatchRow) -> BatchProgress:
    """One tick."""
    return BatchProgress(
        batch_id=batch.id,
        version=batch.version,
        status=batch.status,
        phase=batch.phase,
        progress=progress_percent(batch),
        processed=batch.processed,
        total=batch.total,
        planned=batch.planned,
        successful=batch.successful,
        failed=batch.failed,
        skipped=batch.skipped,
        retries=batch.retries,
        recoveries=batch.recoveries,
        redeliveries=batch.redeliveries,
        rate=round(batch.rate, 2),
        eta_seconds=eta_seconds(batch),
        message=batch.message,
        timestamp=datetime.now(UTC),
    )


def to_complete(batch: BatchRow, artifacts: Sequence[Artifact] = ()) -> BatchComplete:
    """What is told once at the end of a batch that went through."""
    return BatchComplete(
        batch_id=batch.id,
        version=batch.version,
        status=batch.status,
        results=Counts(
            total=batch.total or 0,
            successful=batch.successful,
            failed=batch.failed,
            skipped=batch.skipped,
        ),
        duration_ms=duration_ms(batch) or 0,
        artifacts=list(artifacts),
        timestamp=datetime.now(UTC),
    )


def to_fatal_error(batch: BatchRow) -> BatchError:
    """What is told once at the end of a batch that could not go on."""
    return BatchError(
        batch_id=batch.id,
        version=batch.version,
        code=batch.error_code or "failed",
        error=batch.error_message or "",
        fatal=True,
        count=batch.failed,
        timestamp=datetime.now(UTC),
    )
