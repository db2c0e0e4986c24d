"""The commit: results, counters, effects and events of a run of items, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum, auto

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from store import batches, chunks, leases, results
from store.batches import BatchRow
from store.clock import now_ms
from store.database import is_away
from store.leases import Deferred, Lease
from store.results import FailureGroup, ResultRow
from store.states import Phase, Status
from tasks.engine.endings import Committed, ended_state, tell_of_effects, tell_of_end
from tasks.engine.engine import Engine
from tasks.engine.retry import retry_while_away
from tasks.engine.saving import encode_results, save_results
from tasks.operation import Context, Operation
from tasks.outcomes import FAILED, RETRIED, Outcome, Tally, fingerprint

logger = logging.getLogger(__name__)

# What is left of a chunk is shared with idle workers if it would take longer than this.
SHARE_SECONDS = 1.0


class MoreTime(Enum):
    """Whether a slice goes on after a commit: no, only while no other batch waits for a worker, or yes."""

    NO = auto()
    WHILE_ALONE = auto()
    YES = auto()


def commit(
    engine: Engine,
    lease: Lease,
    operation: Operation,
    context: Context,
    outcomes: Sequence[Outcome],
    more_time: MoreTime,
) -> Committed:
    """Writes the outcomes of the lease's next items, exactly once, and says how to go on.

    While the database is away it waits. Outcomes that the database refuses become failures of their items,
    if need be one by one.

    Args:
        more_time: Whether the slice goes on; if not, the rest goes to the next message.

    Raises:
        LeaseLost: The chunk was taken over; nothing was written.
    """
    encode_results(outcomes, engine.settings.max_result_bytes)
    patience = engine.settings.database_patience_seconds

    def write(some: Sequence[Outcome], held: Lease, more: MoreTime) -> Committed:
        return retry_while_away(lambda: _commit(engine, held, operation, context, some, more), patience)

    try:
        return write(outcomes, lease, more_time)
    except SQLAlchemyError as error:
        if is_away(error) or not outcomes:
            raise
        logger.warning("Batch %s: outcomes are refused, now one by one", context.batch_id, exc_info=True)
    for outcome in outcomes:
        is_last = outcome is outcomes[-1]
        more = more_time if is_last else MoreTime.YES
        try:
            committed = write([outcome], lease, more)
        except SQLAlchemyError as error:
            if is_away(error):
                raise
            outcome.fail(error)
            committed = write([outcome], lease, more)
        if is_last or committed.lease is None or committed.lease.chunk_id != lease.chunk_id:
            break
        lease = committed.lease
    return committed


def _commit(
    engine: Engine,
    lease: Lease,
    operation: Operation,
    context: Context,
    outcomes: Sequence[Outcome],
    more_time: MoreTime,
) -> Committed:
    # Before the transaction where that can be: on SQLite nobody else writes in it.
    if not operation.save:
        tally, rows = Tally.of(outcomes), _rows(lease, outcomes)
    with engine.database.write() as connection:
        if operation.save:
            leases.check(connection, lease)
            save_results(connection, operation.save, context, outcomes)
            encode_results(outcomes, engine.settings.max_result_bytes)
            tally, rows = Tally.of(outcomes), _rows(lease, outcomes)
        current = leases.advance(connection, lease, lease_after(lease, outcomes, tally))
        if rows:
            results.add(connection, rows)
        # Before others have to wait for the batch's row.
        failures = group_failures(outcomes) if tally.failed else []
        locked = batches.lock(connection, lease.batch_id)
        assert locked is not None  # The chunk refers to it.
        batch = _count(connection, locked, tally, failures)
        committed = Committed(batch, failures=failures)
        if batch.is_terminal and not locked.is_terminal:
            committed.event_ids += tell_of_end(engine, connection, batch)
        elif batch.is_terminal and tally.successful:
            committed.event_ids += tell_of_effects(engine, connection, batch)
        _go_on(engine, connection, committed, current, outcomes, more_time)
    return committed


def lease_after(lease: Lease, outcomes: Sequence[Outcome], tally: Tally) -> Lease:
    """The lease as it is once the outcomes are written."""
    passed = lease.first + lease.done
    fresh = len(outcomes)
    deferred = dict(lease.deferred)
    if deferred or tally.successful + tally.failed + tally.skipped < len(outcomes):
        fresh = sum(1 for one in outcomes if one.item.position >= passed)
        for outcome in outcomes:
            if outcome.is_final:
                deferred.pop(outcome.item.position, None)
            else:
                tried = outcome.attempts + (1 if outcome.kind == RETRIED else 0)
                deferred[outcome.item.position] = Deferred(tried, outcome.due_ms)
    took_ms = 1 + sum(one.duration_us for one in outcomes) // 1000 if lease.careful_ms else 0
    return replace(
        lease,
        done=lease.done + fresh,
        deferred=deferred,
        failed=lease.failed + tally.failed,
        granted=max(0, lease.granted - len(outcomes)),
        losses=0 if outcomes else lease.losses,
        careful_ms=max(0, lease.careful_ms - took_ms),
    )


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
        if outcome.kind < RETRIED
    ]


def _count(
    connection: Connection, batch: BatchRow, tally: Tally, failures: Sequence[FailureGroup]
) -> BatchRow:
    """Adds the outcomes to the locked batch's counters, and ends it where that is due."""
    results.add_failures(connection, batch.id, failures)
    counted = batches.count_outcomes(
        batch, successful=tally.successful, failed=tally.failed, skipped=tally.skipped
    )
    values: dict[str, object] = {name: getattr(counted, name) for name in batches.COUNTERS}
    values["retries"] = batch.retries + tally.retried
    if not batch.is_terminal:
        is_whole = counted.total is not None and counted.processed >= counted.total
        if counted.has_failed_too_often:
            values |= ended_state(Status.FAILED) | {"error_code": "failure_limit"}
            values["error_message"] = _describe_limit(counted)
        elif is_whole and batch.phase == Phase.RUNNING:
            values |= ended_state(Status.COMPLETED)
    return batches.change(connection, batch.id, **values)


def _describe_limit(batch: BatchRow) -> str:
    items = "1 item" if batch.failed == 1 else f"{batch.failed:,} items"
    if batch.max_failures is not None and batch.failed > batch.max_failures:
        return f"{items} failed, at most {batch.max_failures:,} may"
    total = batch.total or batch.planned
    return f"{items} of {total:,} failed, at most {batch.max_failure_percent:g} % may"


def _go_on(
    engine: Engine,
    connection: Connection,
    committed: Committed,
    lease: Lease,
    outcomes: Sequence[Outcome],
    more_time: MoreTime,
) -> None:
    """Decides what becomes of the chunk, and of the rest of the slice."""
    batch = committed.batch
    due_ms = lease.next_due_ms(now_ms())
    if batch.status != Status.RUNNING:
        if not lease.is_finished:
            leases.release(connection, lease, due_ms)
        return
    goes_on = more_time is MoreTime.YES
    if more_time is MoreTime.WHILE_ALONE:
        goes_on = chunks.is_only_one(connection, batch.id)
    if lease.is_finished or due_ms is not None:
        if not lease.is_finished:
            leases.release(connection, lease, due_ms)
        if goes_on:
            lease_seconds = engine.settings.lease_seconds
            committed.lease = leases.claim_next(connection, batch.id, engine.worker, lease_seconds)
        else:
            committed.queued = chunks.queue_next(connection, batch.id)
    elif goes_on:
        committed.lease = lease
    else:
        _share(connection, batch, lease, outcomes)
        leases.hand_on(connection, lease)
        committed.queued = [lease.chunk_id, *chunks.dispatch(connection, batch.id, batch.max_parallel)]


def _share(connection: Connection, batch: BatchRow, lease: Lease, outcomes: Sequence[Outcome]) -> None:
    """Makes two chunks of a slow one when nothing else is left to do for workers that could help."""
    left = lease.size - lease.done
    if left < 2 or not outcomes:
        return
    seconds_left = sum(one.duration_us for one in outcomes) / len(outcomes) * left / 1e6
    if seconds_left < SHARE_SECONDS or chunks.has_ready(connection, batch.id):
        return
    if chunks.in_flight(connection, batch.id) < batch.max_parallel:
        leases.split(connection, lease, lease.done + (left + 1) // 2)
