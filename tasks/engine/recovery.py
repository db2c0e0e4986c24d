"""Recovery: finds what a crash or an outage left behind, from every worker process, every few seconds.

There is no process whose death stops it: each pool process of each worker runs it.
"""

from __future__ import annotations

import logging
import random
import time

from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from realtime.publish import outbox
from store import admission, batches, chunks
from store.database import is_away
from supervisor import Loop
from tasks.engine.admission import admit, settle
from tasks.engine.engine import Engine

logger = logging.getLogger(__name__)

# How often to look for chunks whose time has come: retries with backoff, and operations with a rate.
TIMED_SECONDS = 0.25
# After an outage workers commit what they have in hand, before leases that ran out meanwhile are taken away.
# They try at least every 2 s, see `tasks.engine.retry`.
AFTER_OUTAGE_SECONDS = 4.0
OUTAGE_SECONDS = 1.0
# The part by which pauses differ at random.
JITTER = 0.25


def recover(engine: Engine) -> int:
    """Queues again what was lost, sends what the outbox still holds, and starts what may start.

    Returns:
        How many chunks were lost.
    """
    lost = _requeue_lost(engine)
    dispatch_waiting(engine, only_timed=False)
    with engine.database.read() as connection:
        owners = admission.owners_waiting(connection)
    for owner_id in owners:
        settle(engine, *admit(engine, owner_id))
    outbox.sweep(engine.database, engine.emitter)
    return lost


def dispatch_waiting(engine: Engine, *, only_timed: bool) -> None:
    """Queues chunks of batches that could have more of them in work.

    Args:
        only_timed: Only chunks that had to wait for a time which has come.
    """
    with engine.database.read() as connection:
        found = chunks.starving(connection, only_timed=only_timed)
    for batch_id in found:
        with engine.database.write() as connection:
            batch = batches.lock(connection, batch_id)
            if batch is None or not batch.may_run:
                continue
            queued = chunks.dispatch(connection, batch_id, batch.max_parallel)
        engine.publish(queued, batch.priority)


def _requeue_lost(engine: Engine) -> int:
    timeout = engine.settings.dispatch_timeout_seconds
    with engine.database.read() as connection:
        if not chunks.any_lost(connection, timeout):
            return 0
    asked = time.monotonic()
    with engine.database.write() as connection:
        if time.monotonic() - asked > OUTAGE_SECONDS:
            return 0  # The workers had to wait as well; whoever is gone is found in the next round.
        lost = chunks.requeue_lost(connection, timeout)
        for one in lost:
            if one.from_worker:
                batches.count_recovery(connection, one.batch_id)
    if lost:
        logger.warning("%d chunks of lost workers or messages are queued again", len(lost))
    for one in lost:
        # What waits too long rises, so that low priority means later and not never.
        engine.publish([one.chunk_id], max(0, one.priority - (0 if one.from_worker else one.dispatches - 1)))
    return len(lost)


class Recovery:
    """Looks often for what has to wait for a time, and now and then for what was lost."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._next = 0.0

    def look(self) -> None:
        """Does what is due.

        Raises:
            SQLAlchemyError, RedisError: The database or Redis is away.
        """
        try:
            if time.monotonic() < self._next:
                dispatch_waiting(self._engine, only_timed=True)
                return
            # Spread out, so that many processes do not look at the same moment.
            varied = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
            self._next = time.monotonic() + self._engine.settings.recovery_seconds * varied
            recover(self._engine)
        except SQLAlchemyError as error:
            if is_away(error):
                self._next = time.monotonic() + AFTER_OUTAGE_SECONDS
            raise


def start(engine: Engine) -> Loop:
    """Starts the recovery of this process."""
    return engine.supervisor.every(
        min(engine.settings.recovery_seconds, TIMED_SECONDS),
        Recovery(engine).look,
        "recovery",
        expected=(SQLAlchemyError, RedisError),
        jitter=JITTER,
    )
