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
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection

from errors import BatchwireError, LeaseLost
from store import batches, chunks, leases, uploads
from store.batches import BatchRow
from store.chunks import Block
from store.clock import now_ms
from store.database import is_away
from store.leases import Lease
from store.states import Phase, Status
from tasks.engine.admission import settle
from tasks.engine.endings import Committed, end, fail
from tasks.engine.engine import Engine
from tasks.engine.heartbeat import Held
from tasks.engine.retry import retry_while_away
from tasks.operation import NoOptions, Operation, Source, SourceRequest
from tasks.outcomes import WorkerLost, clean_text

logger = logging.getLogger(__name__)

# Chunks per slot of `max_parallel`: enough for all workers to end at about the same time.
CHUNKS_PER_SLOT = 4
CHUNKS_PER_COMMIT = 20
# Large items make small chunks, so that no process ever holds many of them.
CHUNK_BYTES = 1 << 20
COMMIT_BYTES = 4 << 20
FIRST_CHUNK_ITEMS = 100
MAX_KEY_CHARS = 200
# So many workers were lost in a row, each at the same place of a source: it is the source that ends them.
MAX_LOSSES = 3


class _Halted(Exception):
    """The batch was paused or has ended; what was read since the last commit is read again, or never."""


def chunk_size(total: int, max_parallel: int, most: int) -> int:
    """How many items go into a chunk, so that a small batch is shared by several workers too."""
    return max(1, min(most, -(-total // (max_parallel * CHUNKS_PER_SLOT))))


def plan(engine: Engine, batch: BatchRow, lease: Lease) -> None:
    """Reads the source for at most a slice and stores what it found; the last slice starts the items."""
    operation = engine.operation(batch.operation)
    held = engine.heartbeat.hold(lease)
    try:
        assert operation.source is not None  # Batches without a source are planned when they are created.
        if lease.losses >= MAX_LOSSES:
            raise WorkerLost(f"reading the input ended its process {lease.losses} times in a row")
        _read_source(engine, batch, held, operation, operation.source)
    except LeaseLost:
        raise
    except _Halted:
        logger.info("Batch %s: its plan waits, the batch may not go on", batch.id)
    except Exception as error:
        if is_away(error):
            raise
        logger.info("Batch %s: its source cannot be read", batch.id, exc_info=True)
        _fail(engine, batch, held.lease, error)
    finally:
        engine.heartbeat.drop(held)


def _read_source(engine: Engine, batch: BatchRow, held: Held, operation: Operation, source: Source) -> None:
    request = SourceRequest(
        database=engine.database,
        filters=(source.filters or NoOptions).model_validate(batch.filters or {}),
        options=operation.options.model_validate(batch.options),
        upload_path=Path(batch.upload_path) if batch.upload_path else None,
        upload_name=batch.upload_name,
        planned=batch.planned,
        catalog_dir=engine.settings.effective_catalog_dir,
    )
    slice_end = time.monotonic() + engine.settings.slice_seconds
    patience = engine.settings.database_patience_seconds
    after = held.lease.items[0] if held.lease.items else None
    total = batch.total if after is not None else source.count(request)
    held.lease, begun = retry_while_away(partial(_begin, engine, batch, held.lease, total), patience)
    settle(engine, begun)
    blocks = _blocks(source.items(request, after), total, batch, engine)
    first = batch.planned
    while some := _take(blocks):
        more_time = time.monotonic() < slice_end
        store = partial(_store, engine, batch, held.lease, first, some, more_time=more_time)
        held.lease, committed = retry_while_away(store, patience)
        settle(engine, committed)
        if not more_time:
            return
        first = committed.batch.planned
    settle(engine, retry_while_away(partial(_start_items, engine, batch, held.lease), patience))
    uploads.drop(batch.upload_path)


def _blocks(
    items: Iterator[tuple[str, Any]], total: int | None, batch: BatchRow, engine: Engine
) -> Iterator[Block]:
    """Cuts a source into chunks, by the number of items and by their size in bytes."""
    most = engine.settings.chunk_items
    if total is None:
        # The size is not known: look ahead as far as a batch of small chunks can reach.
        head = _look_ahead(items, most * CHUNKS_PER_SLOT)
        items = itertools.chain(head, items)
        total = len(head)
    size = chunk_size(total, batch.max_parallel, most)
    fits = FIRST_CHUNK_ITEMS  # How many of these items make a chunk that is large enough.
    while some := list(itertools.islice(items, min(size, fits))):
        # The source is asked to go on behind the key that it gave, not behind what was made of it.
        block = replace(chunks.encode(_with_clean_keys(some)), last_key=some[-1][0])
        fits = max(1, CHUNK_BYTES * block.size // len(block.payload))
        yield block


def _with_clean_keys(items: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The items with keys that any database stores; nearly always they are that already."""
    keys = [key for key, _ in items]
    text = "".join(keys)
    if text.isascii() and "\x00" not in text and max(map(len, keys)) <= MAX_KEY_CHARS:
        return items
    return [(clean_text(key, MAX_KEY_CHARS), data) for key, data in items]


def _look_ahead(items: Iterator[tuple[str, Any]], most: int) -> list[tuple[str, Any]]:
    head, size = [], 0
    for item in itertools.islice(items, most):
        head.append(item)
        size += len(orjson.dumps(item))
        if size > COMMIT_BYTES:
            break
    return head


def _take(blocks: Iterator[Block]) -> list[Block]:
    """The next chunks to store in one transaction."""
    taken: list[Block] = []
    for block in itertools.islice(blocks, CHUNKS_PER_COMMIT):
        taken.append(block)
        if sum(len(one.payload) for one in taken) > COMMIT_BYTES:
            break
    return taken


def _begin(engine: Engine, batch: BatchRow, lease: Lease, total: int | None) -> tuple[Lease, Committed]:
    with _going_on(engine, batch, lease) as (connection, _):
        held = leases.advance(connection, lease, lease)
        values: dict[str, object] = {"status": Status.RUNNING, "phase": Phase.PLANNING, "total": total}
        if batch.started_ms is None:
            values |= {"started_ms": now_ms(), "message": "Reading the input"}
        return held, Committed(batches.change(connection, batch.id, **values))


def _store(
    engine: Engine, batch: BatchRow, lease: Lease, first: int, blocks: list[Block], *, more_time: bool
) -> tuple[Lease, Committed]:
    with _going_on(engine, batch, lease) as (connection, _):
        held = leases.advance(connection, lease, replace(lease, losses=0), cursor=blocks[-1].last_key)
        planned = chunks.add_items(connection, batch.id, first, blocks)
        message = f"Reading the input: {planned:,} items so far"
        committed = Committed(batches.change(connection, batch.id, planned=planned, message=message))
        if not more_time:
            leases.hand_on(connection, held)
            committed.queued = [lease.chunk_id]
        return held, committed


def _start_items(engine: Engine, batch: BatchRow, lease: Lease) -> Committed:
    with _going_on(engine, batch, lease) as (connection, locked):
        leases.finish_plan(connection, lease)
        if locked.planned == 0:
            committed = end(engine, connection, locked, Status.COMPLETED, total=0)
            message = "There was nothing to do: no item was found"
            committed.batch = batches.change(connection, batch.id, message=message)
            return committed
        now = now_ms()
        values = {"phase": Phase.RUNNING, "total": locked.planned, "message": ""}
        values |= {"rate_ms": now, "rate_start_ms": now}
        committed = Committed(batches.change(connection, batch.id, **values))
        committed.queued = chunks.dispatch(connection, batch.id, batch.max_parallel)
        return committed


@contextmanager
def _going_on(engine: Engine, batch: BatchRow, lease: Lease) -> Iterator[tuple[Connection, BatchRow]]:
    """A transaction with the chunk and the batch locked, if the batch may go on; else the plan is released.

    Raises:
        LeaseLost: The plan was taken over.
        _Halted: The batch may not go on.
    """
    with engine.database.write() as connection:
        leases.check(connection, lease)
        locked = batches.lock(connection, batch.id)
        if locked is not None and locked.may_run:
            yield connection, locked
            return
        leases.release(connection, lease)
    raise _Halted


def _fail(engine: Engine, batch: BatchRow, lease: Lease, error: Exception) -> None:
    if isinstance(error, BatchwireError):
        code, message = error.code, error.message
    else:
        code, message = "source_failed", f"{type(error).__name__}: {error}"
    with engine.database.write() as connection:
        leases.release(connection, lease)  # Not done: what was read is not the whole.
        committed = fail(engine, connection, batch.id, code, message)
    if committed is not None:
        settle(engine, committed)
        uploads.drop(batch.upload_path)
