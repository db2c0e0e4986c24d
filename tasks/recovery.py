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

from realtime import outbox, presence
from store import batches, chunks
from tasks.engine import Engine

logger = logging.getLogger(__name__)


def recover(engine: Engine) -> int:
    """Queues again what was lost and sends what the outbox still holds; returns how many chunks."""
    with engine.database.write() as connection:
        lost = chunks.requeue_lost(connection, engine.settings.dispatch_timeout_seconds)
        for _, batch_id, from_worker in lost:
            if from_worker:
                batches.count_recovery(connection, batch_id)
    if lost:
        logger.warning("%d chunks of lost workers or messages are queued again", len(lost))
        engine.publish([chunk_id for chunk_id, _, _ in lost])
    outbox.sweep(engine.database, engine.emitter)
    return len(lost)


def start(engine: Engine) -> threading.Thread:
    """Starts the recovery thread of this process."""
    thread = threading.Thread(target=_run, args=(engine,), name="recovery", daemon=True)
    thread.start()
    return thread


def _run(engine: Engine) -> None:
    interval = engine.settings.recovery_seconds
    while True:
        try:
            _say_alive(engine)
            recover(engine)
        except (SQLAlchemyError, RedisError) as error:
            logger.warning("Recovery waits: %s", error)
        except Exception:
            logger.exception("Recovery failed and goes on")
        # Spread out, so that many processes do not look at the same moment.
        time.sleep(interval * random.uniform(0.75, 1.25))  # noqa: S311


def _say_alive(engine: Engine) -> None:
    try:
        presence.say_alive(engine.emitter.redis, engine.emitter.channel, "worker", engine.worker, {})
    except RedisError as error:
        logger.warning("Redis is away: %s", error)
