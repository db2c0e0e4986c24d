"""The slice: what one Celery message does. Claim a chunk, work for a while, commit, hand on."""

from __future__ import annotations

import logging
import time
from dataclasses import replace

from pydantic import ValidationError

from errors import InvalidInput, LeaseLost
from settings import Settings
from store import batches, chunks, leases, rates
from store.batches import BatchRow
from store.clock import now_ms
from store.database import is_away
from store.leases import PLAN, Lease
from store.states import Status
from tasks.engine.admission import settle
from tasks.engine.commits import MoreTime, commit
from tasks.engine.endings import fail
from tasks.engine.engine import Engine
from tasks.engine.planning import plan
from tasks.engine.retry import retry_while_away
from tasks.items.retries import RetryPolicy
from tasks.items.running import Runner
from tasks.operation import Context, Operation

logger = logging.getLogger(__name__)

# A worker that does not know an operation may be older than the one that started the batch.
UNKNOWN_OPERATION_PAUSE_MS = 5000
# A turn that comes so soon is not worth giving the chunk back for.
SOON_MS = 20
FIRST_COMMIT_SECONDS = 0.1
# A commit takes at most this part of the time, while it need not wait longer than so many times as usual.
COMMIT_SHARE = 0.0075
MOST_COMMITS_IN_ONE = 3
# So many slices in one, at most, where nobody else waits for a worker.
MOST_SLICES = 8


def run_slice(engine: Engine, chunk_id: int) -> None:
    """Works on a chunk, and on further chunks of its batch while the slice lasts.

    A message that comes again, or late, finds the chunk claimed or done and changes nothing.
    """
    batch, lease = retry_while_away(
        lambda: _claim(engine, chunk_id), engine.settings.database_patience_seconds
    )
    if lease is None or batch is None:
        return
    try:
        if lease.kind == PLAN:
            plan(engine, batch, lease)
        else:
            _work(engine, batch, lease)
    except LeaseLost as error:
        logger.warning("Batch %s: %s; its results are left to the other worker", batch.id, error.message)
    except Exception as error:
        if is_away(error):
            raise
        logger.exception("Batch %s cannot go on", batch.id)
        _give_up(engine, batch, error)


def _claim(engine: Engine, chunk_id: int) -> tuple[BatchRow | None, Lease | None]:
    with engine.database.write() as connection:
        lease = leases.claim(connection, chunk_id, engine.worker, engine.settings.lease_seconds)
        batch_id = lease.batch_id if lease else chunks.batch_of(connection, chunk_id)
        batch = batches.get(connection, batch_id) if batch_id else None
        if lease is None and batch is not None and batch.status == Status.RUNNING:
            batches.count_redelivery(connection, batch.id)
        return batch, lease


def _work(engine: Engine, batch: BatchRow, lease: Lease) -> None:
    try:
        operation = engine.operation(batch.operation)
    except InvalidInput:
        logger.warning("Batch %s: this worker does not know its operation %s", batch.id, batch.operation)
        with engine.database.write() as connection:
            leases.release(connection, lease, now_ms() + UNKNOWN_OPERATION_PAUSE_MS)
        return
    runner = _runner(engine, batch, operation)
    turn = _Turn(engine.settings, has_just_begun=not batch.processed)
    next_lease: Lease | None = lease
    while next_lease is not None:
        next_lease = _run_some(engine, runner, next_lease, turn)
    if runner.has_hung_threads and engine.exit:
        logger.error("Batch %s: an item hangs in a thread, its process is ended", batch.id)
        engine.exit()


def _runner(engine: Engine, batch: BatchRow, operation: Operation) -> Runner:
    settings = engine.settings
    options = operation.options.model_validate(batch.options)
    timeout = operation.timeout_seconds if batch.timeout_ms is None else batch.timeout_ms / 1000
    return Runner(
        operation,
        Context(batch.id, batch.owner_id, options, batch.upload_name),
        RetryPolicy(
            batch.retry_attempts, operation.transient, settings.retry_base_seconds, settings.retry_max_seconds
        ),
        timeout,
        may_exit=engine.exit is not None,
    )


class _Turn:
    """How long a slice lasts, until others wait for a worker, but not for ever; and when it commits."""

    def __init__(self, settings: Settings, *, has_just_begun: bool) -> None:
        start = time.monotonic()
        self._end = start + settings.slice_seconds
        # Messages of the batch's own wait meanwhile, and must not be taken for lost.
        most = min(settings.slice_seconds * MOST_SLICES, settings.dispatch_timeout_seconds / 2)
        self._last_end = max(self._end, start + most)
        self._least = self._seconds = settings.commit_seconds
        if has_just_begun:  # Something is to be seen soon.
            self._seconds = min(self._seconds, FIRST_COMMIT_SECONDS)

    def next_commit(self) -> float:
        """When to commit next, on the monotonic clock."""
        now = time.monotonic()
        next_commit = now + self._seconds
        return min(next_commit, self._end) if now < self._end else next_commit

    def committed(self, seconds: float) -> None:
        """Where commits take long they come more seldom, so that the items have nearly all of the time."""
        self._seconds = max(self._least, min(seconds / COMMIT_SHARE, self._least * MOST_COMMITS_IN_ONE))

    def more_time(self) -> MoreTime:
        """Whether it is this slice's turn for longer."""
        now = time.monotonic()
        if now < self._end:
            return MoreTime.YES
        return MoreTime.WHILE_ALONE if now < self._last_end else MoreTime.NO


def _run_some(engine: Engine, runner: Runner, lease: Lease, turn: _Turn) -> Lease | None:
    """Runs the next items of a lease until the turn's next commit, and commits them.

    Returns:
        The lease to go on with; None where the slice ends here.
    """
    held = engine.heartbeat.hold(lease)
    try:
        operation = runner.operation
        granted = _use_rate(engine, operation, lease)
        if granted is None:
            return None
        runner.context.stop_requested = held.stop.is_set
        outcomes = runner.run(granted, turn.next_commit(), granted.granted or None)
        more_time = MoreTime.NO if held.stop.is_set() else turn.more_time()
        start = time.monotonic()
        committed = commit(engine, granted, operation, runner.context, outcomes, more_time)
        turn.committed(time.monotonic() - start)
    finally:
        engine.heartbeat.drop(held)
    settle(engine, committed)
    return committed.lease


def _use_rate(engine: Engine, operation: Operation, lease: Lease) -> Lease | None:
    """The lease with as many items as may start now; None if their time comes later, and then they wait."""
    if operation.per_minute is None or lease.granted:
        return lease
    pending = len(lease.deferred) + lease.size - lease.done
    wanted = round(operation.per_minute / 60 * engine.settings.commit_seconds)
    count = max(1, min(wanted, pending))
    with engine.database.write() as connection:
        start_ms = rates.reserve(connection, operation.name, operation.per_minute, count)
        granted = replace(lease, granted=count)
        if start_ms <= now_ms() + SOON_MS:
            return granted
        leases.release(connection, granted, start_ms)
        return None


def _give_up(engine: Engine, batch: BatchRow, error: Exception) -> None:
    """Ends a batch that the engine itself cannot go on with; `retry` takes it up again."""
    code = "options_invalid" if isinstance(error, ValidationError) else "internal_error"
    with engine.database.write() as connection:
        committed = fail(engine, connection, batch.id, code, f"{type(error).__name__}: {error}")
    if committed is not None:
        settle(engine, committed)
