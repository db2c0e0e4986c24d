"""The slice: what one Celery message does. Claim a chunk, work for about a second, commit, hand on."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from errors import LeaseLost
from store import batches, chunks
from store.batches import BatchRow
from store.chunks import PLAN, Lease
from tasks.announcements import announce
from tasks.commits import commit
from tasks.engine import Engine
from tasks.operation import Context, Item, Operation, Skip
from tasks.outcomes import FAILED, SKIPPED, Outcome, describe_error
from tasks.planning import plan

logger = logging.getLogger(__name__)


def run_slice(engine: Engine, chunk_id: int) -> None:
    """Works on a chunk, and on further chunks of its batch while the slice lasts.

    A message that comes again, or late, finds the chunk claimed or done and changes nothing.
    """
    with engine.database.write() as connection:
        lease = chunks.claim(connection, chunk_id, engine.worker, engine.settings.lease_seconds)
        batch_id = lease.batch_id if lease else chunks.batch_of(connection, chunk_id)
        batch = batches.get(connection, batch_id) if batch_id else None
        if lease is None and batch is not None and batch.status == "running":
            batches.count_redelivery(connection, batch.id)
    if lease is None or batch is None:
        return
    try:
        if lease.kind == PLAN:
            plan(engine, batch, lease)
        else:
            _work(engine, batch, lease)
    except LeaseLost as error:
        logger.warning("Batch %s: %s; its results are left to the other worker", batch.id, error.message)


def _work(engine: Engine, batch: BatchRow, lease: Lease) -> None:
    operation = engine.operation(batch.operation)
    options = operation.options.model_validate(batch.options)
    slice_end = time.monotonic() + engine.settings.slice_seconds
    next_lease: Lease | None = lease
    while next_lease is not None:
        lease = next_lease
        held = engine.keeper.hold(lease)
        try:
            context = Context(batch.id, batch.owner_id, options, batch.upload_name, held.stop.is_set)
            until = min(time.monotonic() + engine.settings.commit_seconds, slice_end)
            outcomes = run_items(operation, context, lease, until)
            more_time = time.monotonic() < slice_end
            committed = commit(engine, lease, operation, context, outcomes, more_time=more_time)
        finally:
            engine.keeper.drop(held)
        announce(engine, committed)
        next_lease = committed.lease


def run_items(operation: Operation, context: Context, lease: Lease, until: float) -> list[Outcome]:
    """Runs the lease's next items until a time, and at least one.

    Args:
        until: On the monotonic clock, in seconds.
    """
    position = lease.first + lease.done
    pending = (
        Item(position + offset, key, data) for offset, (key, data) in enumerate(lease.items[lease.done :])
    )
    if operation.concurrency > 1:
        return _run_concurrently(operation, context, pending, until)
    outcomes = []
    for item in pending:
        outcomes.append(run_item(operation, context, item))
        if time.monotonic() >= until or context.should_stop():
            break
    return outcomes


def _run_concurrently(
    operation: Operation, context: Context, pending: Iterable[Item], until: float
) -> list[Outcome]:
    """Runs up to `concurrency` items at a time; those begun are waited for, so that no gap is left."""
    outcomes: list[Outcome] = []
    items = iter(pending)
    with ThreadPoolExecutor(operation.concurrency, thread_name_prefix=operation.name) as pool:
        running = [
            pool.submit(run_item, operation, context, item)
            for item, _ in zip(items, range(operation.concurrency), strict=False)
        ]
        while running:
            outcomes.append(running.pop(0).result())
            if time.monotonic() < until and not context.should_stop():
                item = next(items, None)
                if item is not None:
                    running.append(pool.submit(run_item, operation, context, item))
    return outcomes


def run_item(operation: Operation, context: Context, item: Item) -> Outcome:
    """Runs one item; whatever it raises is its own failure."""
    start = time.perf_counter_ns()
    outcome = Outcome(item)
    try:
        outcome.result = operation.run(item, context.options, context)
    except Skip as reason:
        outcome.kind, outcome.error = SKIPPED, describe_error(reason)
    except Exception as error:
        outcome.kind, outcome.error = FAILED, describe_error(error)
    outcome.duration_us = (time.perf_counter_ns() - start) // 1000
    return outcome
