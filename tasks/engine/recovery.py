"""Recovery: finds what a crash or an outage left behind, from every worker process, every few seconds.

There is no process whose death stops it: each pool process of each worker runs it in a thread.
"""

from __future__ import annotations

import logging
import random
import threading
import time

from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from realtime.publish import outbox
from store import admission, batches, chunks
from store.database import is_away
from tasks.engine.admission import admit, settle
from tasks.engine.engine import Engine

logger = logging.getLogger(__name__)

# How often to look for chunks whose time has come: retries with backoff, and operations with a rate.
TIMED_SECONDS = 0.25
# After an outage workers commit what they have in hand, before leases that ran out meanwhile are taken away.
# They try at least every 2 s, see `tasks.engine.retry`.
AFTER_OUTAGE_SECONDS = 4.0
OUTAGE_SECONDS = 1.0


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


def start(engine: Engine) -> threading.Thread:
    """Starts the recovery thread of this process."""
    thread = threading.Thread(target=_run, args=(engine,), name="recovery", daemon=True)
    thread.start()
    return thread


def _run(engine: Engine) -> None:
    interval = engine.settings.recovery_seconds
    next_recovery = 0.0
    waits = False
    while True:
        try:
            if time.monotonic() >= next_recovery:
                # Spread out, so that many processes do not look at the same moment.
                next_recovery = time.monotonic() + interval * random.uniform(0.75, 1.25)  # noqa: S311
                recover(engine)
            else:
                dispatch_waiting(engine, only_timed=True)
            waits = False
        except (SQLAlchemyError, RedisError) as error:
            logger.log(logging.DEBUG if waits else logging.WARNING, "Recovery waits: %s", error)
            waits = True
            if is_away(error):
                next_recovery = time.monotonic() + AFTER_OUTAGE_SECONDS
        except Exception:
            logger.exception("Recovery failed and goes on")
        time.sleep(min(interval, TIMED_SECONDS) * random.uniform(0.75, 1.25))  # noqa: S311
