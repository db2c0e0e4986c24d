"""The part of a worker that fetches messages, made to outlive every outage of Redis.

Celery's own has three faults. It gives up, and with it the worker ends, when tidying up after a lost
connection fails in a way that it does not expect. It goes deaf: an acknowledgement that Redis does not
answer in time is logged and forgotten, but its message counts as unfinished for ever, and after as many of
them as the worker may fetch ahead it fetches nothing any more, without an error and with the process alive.
And its heartbeats to other workers, which nobody needs here, wait for Redis in the very loop that feeds the
pool processes, with pauses of up to half a minute.
"""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import Any

from celery.bootsteps import CLOSE, TERMINATE  # type: ignore[attr-defined]
from celery.worker import state
from celery.worker.consumer import Consumer

logger = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
LOOK_SECONDS = 1.0
WITHOUT: dict[str, Any] = {"without_heartbeat": True, "without_gossip": True, "without_mingle": True}
# So often in a row messages must wait in the queue while the worker takes none and has hands free.
LOOKS_UNTIL_DEAF = 4


class StubbornConsumer(Consumer):
    """Celery's consumer, which connects anew whatever goes wrong, also when it only has gone deaf."""

    _looks_in_vain = 0
    _accepted = 0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options["worker_options"] = (options.get("worker_options") or {}) | WITHOUT
        super().__init__(*arguments, **options)

    def start(self) -> None:
        """Fetches messages until the worker is told to stop."""
        while True:
            try:
                super().start()
                return
            except Exception:
                if self.blueprint.state in (CLOSE, TERMINATE):
                    raise
                logger.exception("Fetching messages failed and begins anew")
                self._begin_anew()
                time.sleep(RETRY_SECONDS)

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Drops the lost connection.

        With messages in hand that were not acknowledged, kombu tries to give them back over the connection
        that it has already taken apart, which raises `AttributeError`. They need not be given back: their
        chunks are queued again by recovery.
        """
        try:
            super().on_connection_error_after_connected(exc)
        except Exception as error:
            logger.warning("The lost connection could not be tidied up: %r", error)
        self.connection = None

    def register_with_event_loop(self, hub: Any) -> None:
        """Has the queue looked at as long as this connection lasts."""
        super().register_with_event_loop(hub)
        self._looks_in_vain = 0
        hub.call_repeatedly(LOOK_SECONDS, self._check_hearing)

    def ensure_connected(self, conn: Any) -> Any:
        """Connects, trying every second; Celery's pauses grow to half a minute."""
        conn.ensure_connection = partial(
            conn.ensure_connection,
            interval_start=RETRY_SECONDS,
            interval_step=0,
            interval_max=RETRY_SECONDS,
        )
        return super().ensure_connected(conn)

    def _check_hearing(self) -> None:
        """Raises, which makes the consumer connect anew, where messages wait and nobody takes them."""
        accepted = state.all_total_count[0]
        # What is in hand counts also while it waits for a pool process that is being replaced.
        is_idle = accepted == self._accepted and len(state.reserved_requests) < self.pool.num_processes
        self._accepted = accepted
        self._looks_in_vain = self._looks_in_vain + 1 if is_idle and self._messages_wait() else 0
        if self._looks_in_vain >= LOOKS_UNTIL_DEAF:
            raise ConnectionError("messages wait and none is fetched")

    def _messages_wait(self) -> bool:
        worker: Any = self
        channel = worker.connection.default_channel
        names = worker.app.amqp.queues.consume_from
        return any(channel.queue_declare(queue=name).message_count for name in names)

    def _begin_anew(self) -> None:
        self.connection = None
        worker: Any = self  # What follows is not in the type stubs.
        if worker.hub is not None:
            worker.hub.reset()
        worker.on_close()
        worker._cancel_connection_timer_entries()
        worker.blueprint.restart(self)
