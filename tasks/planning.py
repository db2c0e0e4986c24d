"""Planning: reads the source of a batch as a stream and stores its items as chunks.

No item runs before the whole source was read: the total is then known for good, and a file that turns
out to be broken at its end has changed nothing. A plan goes on where its last commit left off, in slices
like all other work, on any worker.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from errors import BatchwireError, LeaseLost
from store import batches, chunks
from store.batches import BatchRow
from store.chunks import Lease
from store.clock import now_ms
from tasks.announcements import announce
from tasks.commits import Committed, add_terminal_event, finish
from tasks.engine import Engine
from tasks.operation import Operation, Source, SourceRequest

logger = logging.getLogger(__name__)

# Chunks per slot of `max_parallel`: enough for all workers to end at about the same time.
CHUNKS_PER_SLOT = 4
CHUNKS_PER_COMMIT = 20


def chunk_size(total: int, max_parallel: int, most: int) -> int:
    """How many items go into a chunk, so that a small batch is shared by several workers too."""
    return max(1, min(most, -(-total // (max_parallel * CHUNKS_PER_SLOT))))


def plan(engine: Engine, batch: BatchRow, lease: Lease) -> None:
    """Reads the source for at most a slice and stores what it found; the last slice starts the items."""
    operation = engine.operation(batch.operation)
    held = engine.keeper.hold(lease)
    try:
        assert operation.source is not None  # Batches without a source are planned when they are created.
        _read_source(engine, batch, lease, operation, operation.source)
    except LeaseLost:
        raise
    except Exception as error:
        logger.info("Batch %s: its source cannot be read", batch.id, exc_info=True)
        _fail(engine, batch, lease, error)
    finally:
        engine.keeper.drop(held)


def _read_source(engine: Engine, batch: BatchRow, lease: Lease, operation: Operation, source: Source) -> None:
    request = SourceRequest(
        database=engine.database,
        filters=batch.filters or {},
        options=operation.options.model_validate(batch.options),
        upload_path=Path(batch.upload_path) if batch.upload_path else None,
        upload_name=batch.upload_name,
        planned=batch.planned,
    )
    slice_end = time.monotonic() + engine.settings.slice_seconds
    after = lease.items[0] if lease.items else None
    total = batch.total if after is not None else source.count(request)
    announce(engine, _begin(engine, batch, lease, total))
    blocks = _blocks(source.items(request, after), total, batch, engine)
    first = batch.planned
    while some := list(itertools.islice(blocks, CHUNKS_PER_COMMIT)):
        more_time = time.monotonic() < slice_end
        committed = _store(engine, batch, lease, first, some, more_time=more_time)
        announce(engine, committed)
        if not more_time:
            return
        first = committed.batch.planned
    announce(engine, _start_items(engine, batch, lease))
    drop_upload(batch)


def drop_upload(batch: BatchRow) -> None:
    """Removes the uploaded file of a batch, once its items are stored or nobody will read it any more."""
    if batch.upload_path:
        Path(batch.upload_path).unlink(missing_ok=True)


def _blocks(
    items: Iterator[tuple[str, Any]], total: int | None, batch: BatchRow, engine: Engine
) -> Iterator[list[Any]]:
    most = engine.settings.chunk_items
    if total is not None:
        size = chunk_size(total, batch.max_parallel, most)
    else:
        # The size is not known: look ahead as far as a batch of small chunks can reach.
        head = list(itertools.islice(items, most * CHUNKS_PER_SLOT))
        size = chunk_size(len(head), batch.max_parallel, most)
        items = itertools.chain(head, items)
    while block := list(itertools.islice(items, size)):
        yield block


def _begin(engine: Engine, batch: BatchRow, lease: Lease, total: int | None) -> Committed:
    with engine.database.write() as connection:
        chunks.advance(connection, lease, 0, state="leased")
        _lock_going_on(connection, batch.id)
        values = {"status": "running", "phase": "planning", "total": total}
        if batch.started_ms is None:
            values |= {"started_ms": now_ms(), "message": "Reading the input"}
        return Committed(batches.change(connection, batch.id, **values))


def _store(
    engine: Engine, batch: BatchRow, lease: Lease, first: int, blocks: list[list[Any]], *, more_time: bool
) -> Committed:
    with engine.database.write() as connection:
        cursor = blocks[-1][-1][0]
        chunks.advance(connection, lease, 0, state="leased", cursor=cursor)
        end = chunks.add_items(connection, batch.id, first, blocks)
        _lock_going_on(connection, batch.id)
        message = f"Reading the input: {end:,} items so far"
        committed = Committed(batches.change(connection, batch.id, planned=end, message=message))
        if not more_time:
            chunks.hand_on(connection, lease)
            committed.queued = [lease.chunk_id]
        return committed


def _start_items(engine: Engine, batch: BatchRow, lease: Lease) -> Committed:
    with engine.database.write() as connection:
        chunks.advance(connection, lease, 0, state="done")
        locked = _lock_going_on(connection, batch.id)
        if locked.planned == 0:
            message = "There was nothing to do: no item was found"
            ended = finish(connection, locked, "completed", total=0, message=message)
            return Committed(ended, event_ids=[add_terminal_event(connection, ended)])
        now = now_ms()
        values = {"phase": "running", "total": locked.planned, "message": ""}
        values |= {"rate_ms": now, "rate_start_ms": now}
        committed = Committed(batches.change(connection, batch.id, **values))
        committed.queued = chunks.dispatch(connection, batch.id, batch.max_parallel)
        return committed


def _lock_going_on(connection: Connection, batch_id: str) -> BatchRow:
    """The batch, locked, if it may go on.

    Raises:
        LeaseLost: It was paused or cancelled; what was read since the last commit is read again, or never.
    """
    locked = batches.lock(connection, batch_id)
    if locked is None or locked.status not in ("pending", "running"):
        raise LeaseLost(f"batch {batch_id} may not go on")
    return locked


def _fail(engine: Engine, batch: BatchRow, lease: Lease, error: Exception) -> None:
    if isinstance(error, BatchwireError):
        code, message = error.code, error.message
    else:
        code, message = "source_failed", f"{type(error).__name__}: {error}"
    with engine.database.write() as connection:
        chunks.advance(connection, lease, 0, state="done")
        locked = batches.lock(connection, batch.id)
        if locked is None or locked.is_terminal:
            return
        ended = finish(connection, locked, "failed", error_code=code, error_message=message, message="")
        committed = Committed(ended, event_ids=[add_terminal_event(connection, ended)])
    announce(engine, committed)
    drop_upload(batch)
