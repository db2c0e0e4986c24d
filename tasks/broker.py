"""The way to the workers: the Celery app over Redis, and the engine that publishes through it.

Messages are acknowledged early and fetched one at a time; what a dead worker took along, or Redis lost,
recovery sends again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from celery import Celery
from kombu.exceptions import OperationalError
from redis import RedisError

from realtime.emitter import Emitter
from settings import Settings
from store.batches import PRIORITIES
from store.database import Database
from tasks.engine import Engine, Publish

logger = logging.getLogger(__name__)

QUEUE = "batchwire"
RUN_SLICE = "batchwire.run_slice"


def create_celery(settings: Settings) -> Celery:
    """A Celery app over the Redis of the settings."""
    app = Celery("batchwire", broker=settings.effective_redis_url)
    app.conf.update(
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_acks_late=False,
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        worker_concurrency=settings.worker_concurrency,
        worker_hijack_root_logger=True,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "socket_connect_timeout": 2,
            "socket_timeout": 5,
            "priority_steps": list(range(len(PRIORITIES))),
            "queue_order_strategy": "priority",
        },
        enable_utc=True,
    )
    return app


def create_engine(settings: Settings, app: Celery) -> Engine:
    """The engine of a process, publishing through the Celery app."""
    return Engine(
        settings=settings,
        database=Database(settings.effective_database_url),
        emitter=Emitter(settings.effective_redis_url, settings.socketio_channel),
        publish=publisher(app),
    )


def publisher(app: Celery) -> Publish:
    """A function that sends one message per chunk; what Redis does not take now, recovery sends again."""

    def publish(chunk_ids: Sequence[int], priority: int = 1) -> None:
        try:
            for chunk_id in chunk_ids:
                app.send_task(RUN_SLICE, (chunk_id,), queue=QUEUE, priority=priority)
        except (OperationalError, RedisError, OSError) as error:
            logger.warning("Chunks %s wait for recovery, Redis is away: %s", list(chunk_ids), error)

    return publish
