"""What the world is told after a commit: ticks, grouped failures, terminal events, messages to workers."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from functools import partial

from redis import RedisError

from realtime.contract.events import BATCH_ERROR, BatchError, batch_rooms
from realtime.contract.presentation import to_progress
from realtime.publish import outbox
from store.batches import BatchRow
from store.results import FailureGroup
from tasks.engine.endings import Committed
from tasks.engine.engine import Engine

logger = logging.getLogger(__name__)

FAILURES_INTERVAL_MS = 1000


def announce(engine: Engine, committed: Committed) -> None:
    """Sends all that a commit made due: first the work, then the news."""
    batch = committed.batch
    engine.publish(committed.queued, batch.priority)
    if committed.failures:
        announce_failures(engine, batch, committed.failures)
    if committed.event_ids:
        send = partial(outbox.deliver, engine.database, engine.emitter, committed.event_ids)
        engine.ticker.finish(batch.owner_id, to_progress(batch), then=send)
    else:
        engine.ticker.offer(batch.owner_id, to_progress(batch))


def announce_failures(engine: Engine, batch: BatchRow, groups: list[FailureGroup]) -> None:
    """Sends one `batch:error` about failed items, at most one a second per batch over all processes."""
    largest = max(groups, key=lambda group: group.count)
    count = sum(group.count for group in groups)
    subject = "1 item" if count == 1 else f"{count} items"
    event = BatchError(
        batch_id=batch.id,
        version=batch.version,
        code="items_failed",
        error=f"{subject} failed: {largest.type}: {largest.message}",
        fatal=False,
        count=batch.failed,
        timestamp=datetime.now(UTC),
    )
    name = f"batchwire:failures:{engine.emitter.channel}:{batch.id}"
    try:
        if engine.emitter.redis.set(name, 1, nx=True, px=FAILURES_INTERVAL_MS):
            engine.emitter.to_room(batch_rooms(batch.owner_id, batch.id), BATCH_ERROR, event)
    except RedisError as error:
        logger.warning("Failures of batch %s were not announced, Redis is away: %s", batch.id, error)
