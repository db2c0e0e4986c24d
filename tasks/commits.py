"""The commit: results, counters, effects and events of a run of items, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from realtime.events import BATCH_COMPLETE, BATCH_ERROR
from realtime.presentation import to_complete, to_fatal_error
from store import batches, chunks, events, results
from store.batches import BatchRow
from store.chunks import Lease
from store.clock import now_ms
from store.results import FailureGroup, ResultRow
from tasks.engine import Engine
from tasks.operation import Context, Operation, SaveFunction
from tasks.outcomes import FAILED, SKIPPED, SUCCESSFUL, Outcome, encode_result, fingerprint

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Committed:
    """What a commit leaves to be done after it.

    Attributes:
        batch: The batch as it is now.
        lease: The chunk to go on with, or None where the slice ends here.
        queued: Chunks about which a message is due.
        event_ids: Events that are to be sent.
        failures: The items of this commit that failed, grouped by kind.
    """

    batch: BatchRow
    lease: Lease | None = None
    queued: list[int] = field(default_factory=list)
    event_ids: list[int] = field(default_factory=list)
    failures: list[FailureGroup] = field(default_factory=list)


def commit(
    engine: Engine,
    lease: Lease,
    operation: Operation,
    context: Context,
    outcomes: Sequence[Outcome],
    *,
    more_time: bool,
) -> Committed:
    """Writes the outcomes of the lease's next items, exactly once, and says how to go on.

    Args:
        more_time: False when the slice is over and the rest goes to the next message.

    Raises:
        LeaseLost: The chunk was taken over; nothing was written.
    """
    exhausted = lease.done + len(outcomes) >= lease.size
    _encode_results(outcomes, engine.settings.max_result_bytes)
    with engine.database.write() as connection:
        chunks.advance(connection, lease, len(outcomes), state="done" if exhausted else "leased")
        if operation.save:
            _save(connection, operation.save, context, outcomes)
            _encode_results(outcomes, engine.settings.max_result_bytes)
        results.add(connection, _rows(lease, outcomes))
        failures = group_failures(outcomes)  # Before others have to wait for the batch's row.
        locked = batches.lock(connection, lease.batch_id)
        assert locked is not None  # The chunk refers to it.
        batch = _count(connection, locked, outcomes, failures)
        committed = Committed(batch, failures=failures)
        if batch.is_terminal and not locked.is_terminal:
            committed.event_ids.append(add_terminal_event(connection, batch))
        elif exhausted:
            _take_next(engine, connection, committed, more_time)
        else:
            _go_on(engine, connection, committed, lease, len(outcomes), more_time)
    return committed


def group_failures(outcomes: Sequence[Outcome]) -> list[FailureGroup]:
    """The failures among the outcomes, grouped by fingerprint."""
    groups: dict[str, FailureGroup] = {}
    for outcome in outcomes:
        if outcome.kind != FAILED or outcome.error is None:
            continue
        key, pattern = fingerprint(outcome.error)
        group = groups.setdefault(key, FailureGroup(key, outcome.error["type"], pattern))
        group.count += 1
        if len(group.examples) < results.MAX_EXAMPLES:
            example = {"position": outcome.item.position, "key": outcome.item.key}
            group.examples.append(example | {k: v for k, v in outcome.error.items() if k != "type"})
    return sorted(groups.values(), key=lambda group: group.fingerprint)


def finish(connection: Connection, batch: BatchRow, status: str, **values: object) -> BatchRow:
    """Ends a locked batch."""
    return batches.change(connection, batch.id, **_ended(status), **values)


def _ended(status: str) -> dict[str, object]:
    return {"status": status, "phase": "done", "finished_ms": now_ms()}


def add_terminal_event(connection: Connection, batch: BatchRow) -> int:
    """Puts the event that ends the batch into the outbox; returns its id."""
    completed = batch.status == "completed"
    payload = to_complete(batch) if completed else to_fatal_error(batch)
    name = BATCH_COMPLETE if completed else BATCH_ERROR
    return events.add(
        connection, user_id=batch.owner_id, batch_id=batch.id, event=name, payload=payload.dump()
    )


def _encode_results(outcomes: Sequence[Outcome], max_bytes: int) -> None:
    """Turns results into text; one that cannot be stored becomes that item's failure."""
    for outcome in outcomes:
        if outcome.result is not None:
            try:
                outcome.encoded = encode_result(outcome.result, max_bytes)
            except ValueError as problem:
                outcome.fail(problem)


def _save(connection: Connection, save: SaveFunction, context: Context, outcomes: Sequence[Outcome]) -> None:
    """Lets the operation write; where that fails, item by item, so that only the guilty ones fail."""
    successful = [one for one in outcomes if one.kind == SUCCESSFUL]
    before = [one.result for one in successful]
    try:
        with connection.begin_nested():
            save(connection, context, successful)
        return
    except OperationalError:
        raise  # The database is away or overloaded, which is no item's fault.
    except Exception:
        logger.warning("Batch %s: saving failed, now item by item", context.batch_id, exc_info=True)
    for outcome, result in zip(successful, before, strict=True):
        outcome.kind, outcome.result, outcome.error = SUCCESSFUL, result, None
        try:
            with connection.begin_nested():
                save(connection, context, [outcome])
        except OperationalError:
            raise
        except Exception as error:
            outcome.fail(error)


def _rows(lease: Lease, outcomes: Sequence[Outcome]) -> list[ResultRow]:
    return [
        (
            lease.chunk_id,
            outcome.item.position,
            outcome.item.key,
            outcome.kind,
            outcome.encoded,
            None if outcome.error is None else orjson.dumps(outcome.error).decode(),
            outcome.duration_us,
        )
        for outcome in outcomes
    ]


def _count(
    connection: Connection, batch: BatchRow, outcomes: Sequence[Outcome], failures: Sequence[FailureGroup]
) -> BatchRow:
    failed = sum(1 for one in outcomes if one.kind == FAILED)
    skipped = sum(1 for one in outcomes if one.kind == SKIPPED)
    results.add_failures(connection, batch.id, failures)
    values: dict[str, object] = {}
    is_last = batch.total is not None and batch.processed + len(outcomes) >= batch.total
    if is_last and batch.phase == "running" and not batch.is_terminal:
        values = _ended("completed") | {"message": ""}
    return batches.record_progress(
        connection,
        batch,
        successful=len(outcomes) - failed - skipped,
        failed=failed,
        skipped=skipped,
        **values,
    )


def _take_next(engine: Engine, connection: Connection, committed: Committed, more_time: bool) -> None:
    batch = committed.batch
    if batch.status != "running":
        return
    if more_time:
        lease_seconds = engine.settings.lease_seconds
        committed.lease = chunks.claim_next(connection, batch.id, engine.worker, lease_seconds)
    else:
        committed.queued = chunks.queue_next(connection, batch.id)


def _go_on(
    engine: Engine, connection: Connection, committed: Committed, lease: Lease, count: int, more_time: bool
) -> None:
    if committed.batch.status != "running":
        chunks.advance(connection, lease, 0, state="ready")
    elif more_time:
        committed.lease = replace(lease, done=lease.done + count)
    else:
        chunks.hand_on(connection, lease)
        committed.queued = [lease.chunk_id]
