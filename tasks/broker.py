"""The way to the workers: the Celery app over Redis, and the engine that publishes through it.

Messages are acknowledged early and fetched one at a time; what a dead worker took along, or Redis lost,
recovery sends again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from functools import partial

from celery import Celery
from kombu.exceptions import KombuError, OperationalError
from redis import Redis, RedisError
from redis import TimeoutError as RedisTimeoutError

from realtime.publish.circuit import Circuit
from realtime.publish.emitter import Emitter
from settings import Settings
from store.database import Database
from store.states import Priority
from tasks.engine.engine import Engine

logger = logging.getLogger(__name__)

QUEUE = "batchwire"
# Between the name of a queue and a priority, in the name of its list in Redis.
SEPARATOR = "\x06\x16"
RUN_SLICE = "batchwire.run_slice"

REQUEST_BUSY_SECONDS = 4.0

# All that sending a message may raise where Redis is away, full, or has lost what it knew.
UNSENT = (OperationalError, KombuError, RedisError, OSError)


def create_celery(settings: Settings) -> Celery:
    """A Celery app over the Redis of the settings."""
    app = Celery("batchwire", broker=settings.effective_redis_url)
    app.conf.update(
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_acks_late=False,
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        # How long a new pool process may take to get ready. On a busy machine the usual 4 s are too few, and
        # then one after the other is killed.
        worker_proc_alive_timeout=60,
        worker_concurrency=settings.worker_concurrency,
        worker_hijack_root_logger=True,
        worker_consumer="tasks.consumer:StubbornConsumer",
        worker_send_task_events=False,
        # Messages in hand are acknowledged already, so they are no reason to fetch fewer after an outage.
        worker_enable_prefetch_count_reduction=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "socket_connect_timeout": 2,
            "socket_timeout": 3,
            "priority_steps": list(range(len(Priority))),
            "sep": SEPARATOR,
            "queue_order_strategy": "priority",
            # Without it the first message of a process waits for Redis as long as it is away.
            "max_retries": 0,
        },
        enable_utc=True,
    )
    return app


def create_engine(settings: Settings, app: Celery, busy_seconds: float = REQUEST_BUSY_SECONDS) -> Engine:
    """The engine of a process, publishing through the Celery app.

    Args:
        busy_seconds: How long to wait for a busy database; a worker has more time than a person.
    """
    emitter = Emitter(settings.effective_redis_url, settings.socketio_channel)
    return Engine(
        settings=settings,
        database=Database(settings.effective_database_url, busy_seconds),
        emitter=emitter,
        publish=Publisher(app, emitter.circuit),
    )


def queue_lengths(redis: Redis) -> list[int]:
    """How many messages wait in Redis, by priority: high, normal, low.

    Source: docs.celeryq.dev, "Routing Tasks", "Redis Message Priorities": a list each, the first one bare.
    """
    names = [QUEUE, *(f"{QUEUE}{SEPARATOR}{step}" for step in range(1, len(Priority)))]
    with redis.pipeline(transaction=False) as pipeline:
        for name in names:
            pipeline.llen(name)
        return [int(length) for length in pipeline.execute()]


class Publisher:
    """Sends one message per chunk, and keeps what Redis does not take until Redis is back.

    What it keeps is only a hint: a process that dies with it loses time, since recovery sends again what
    the database says is due.
    """

    def __init__(self, app: Celery, circuit: Circuit) -> None:
        self._app = app
        self._circuit = circuit
        self._unsent: dict[int, int] = {}  # Priorities by chunk, in the order in which they failed.
        self._lock = threading.Lock()
        circuit.on_closed(self._send_kept)

    def __call__(self, chunk_ids: Sequence[int], priority: int = 1) -> None:
        """Sends a message for each chunk; never raises because of Redis.

        Args:
            priority: 0 high, 1 normal, 2 low.
        """
        self._send(dict.fromkeys(chunk_ids, priority))

    def take_unsent(self) -> int | None:
        """A chunk whose message could not be sent, for a worker that goes on without Redis."""
        with self._lock:
            if not self._unsent:
                return None
            chunk_id = min(self._unsent, key=self._unsent.__getitem__)
            del self._unsent[chunk_id]
            return chunk_id

    def _send_kept(self) -> None:
        with self._lock:
            kept, self._unsent = self._unsent, {}
        self._send(kept)

    def _send(self, priorities: dict[int, int]) -> None:
        unsent = dict(priorities)
        try:
            for chunk_id, priority in priorities.items():
                self._circuit.check()
                self._send_one(chunk_id, priority)
                del unsent[chunk_id]
        except UNSENT as error:
            logger.warning("Chunks %s wait for Redis: %s", list(unsent), error)
            with self._lock:
                self._unsent |= unsent
            # After the chunks were kept, so that they are there when the circuit closes.
            self._circuit.trip(error)

    def _send_one(self, chunk_id: int, priority: int) -> None:
        # Sending to a queue goes through Redis's nameless exchange, which needs no table of bindings: what
        # kombu keeps of those in Redis does not survive a FLUSHALL.
        send = partial(self._app.send_task, RUN_SLICE, (chunk_id,), queue=QUEUE, priority=priority)
        try:
            send()
        except UNSENT as error:
            if isinstance(error.__cause__ or error, RedisTimeoutError | TimeoutError):
                raise
            send()  # A connection that idled through a restart fails once, and is then made anew.
