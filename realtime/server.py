"""The Socket.IO server: made by the web process, fed by all processes over Redis."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import orjson
from flask_socketio import SocketIO
from redis import RedisError
from redis import TimeoutError as RedisTimeoutError
from redis.backoff import NoBackoff
from redis.retry import Retry
from socketio import RedisManager
from sqlalchemy.exc import SQLAlchemyError

from realtime import outbox
from realtime.emitter import EVENT_ID, Emitter
from settings import Settings
from store.clock import now_ms
from store.database import Database

logger = logging.getLogger(__name__)

RETRY_SECONDS = 0.5
# After so long without a message Redis is asked whether it is there; twice without an answer it is not.
SILENCE_SECONDS = 5
# The clocks of workers and web processes may differ by so much.
CLOCK_SKEW_MS = 5000
REMEMBERED_EVENTS = 10_000


class Listener(RedisManager):  # type: ignore[misc]
    """python-socketio's Redis manager, made to outlive outages without losing or doubling an event.

    The library doubles its pause up to a minute, in which every event is lost. This one comes back at once,
    and then takes from the outbox what was published while it was not subscribed. Each event of the outbox
    goes to the clients of this process once, whichever way and however often it comes.
    """

    def __init__(self, url: str, emitter: Emitter, database: Database) -> None:
        options = {
            "socket_connect_timeout": 2,
            "socket_timeout": SILENCE_SECONDS,
            "health_check_interval": SILENCE_SECONDS,
            "retry": Retry(NoBackoff(), 0),  # It would reconnect unseen, and what it missed were lost.
        }
        super().__init__(url, channel=emitter.channel, redis_options=options)
        self._emitter = emitter
        self._database = database
        self._missing_since_ms: int | None = now_ms()
        self._given: set[int] = set()
        self._given_in_order: deque[int] = deque()
        self._lock = threading.Lock()

    def emit(self, event: str, data: Any, namespace: str | None = None, **options: Any) -> None:
        """Emits; what goes to one client of this process is nothing that others need to hear of."""
        room = options.get("to") or options.get("room")
        if isinstance(room, str) and self.is_connected(room, namespace or "/"):
            options["ignore_queue"] = True
        super().emit(event, data, namespace=namespace, **options)

    def _publish(self, data: dict[str, Any]) -> None:
        try:
            self._emitter.redis.publish(self.channel, orjson.dumps(data))
        except RedisError as error:
            logger.warning("Only this process's clients got a message, Redis is away: %s", error)

    def _redis_listen_with_retries(self) -> Iterator[Any]:
        while True:
            try:
                self._redis_connect()
                self.pubsub.subscribe(self.channel)
                yield from self._receive()
            except Exception as error:
                level = logging.WARNING if self._missing_since_ms is None else logging.DEBUG
                logger.log(level, "No events from Redis, tried every %s s: %s", RETRY_SECONDS, error)
            self._note_gap()
            self.pubsub.close()
            self.redis.close()
            time.sleep(RETRY_SECONDS)

    def _receive(self) -> Iterator[Any]:
        self.pubsub.ignore_subscribe_messages = False
        while True:
            message = self.pubsub.get_message(timeout=SILENCE_SECONDS)
            if message is None:
                if self.pubsub.health_check_response_counter > 1:
                    raise RedisTimeoutError("Redis has fallen silent")
                continue
            if message["type"] == "subscribe":
                since_ms, self._missing_since_ms = self._note_gap(), None
                self.server.start_background_task(self._catch_up, since_ms)
            yield message

    def _note_gap(self) -> int:
        """Since when events may be missing; what was given out since then is not given twice."""
        if self._missing_since_ms is None:
            # A silent Redis is noticed as late as that.
            self._missing_since_ms = now_ms() - 3 * SILENCE_SECONDS * 1000 - CLOCK_SKEW_MS
        return self._missing_since_ms

    def _catch_up(self, since_ms: int) -> None:
        """Gives this process's clients what was published while it was not subscribed."""
        while True:
            try:
                messages = outbox.messages_since(self._database, since_ms)
                break
            except SQLAlchemyError as error:
                logger.warning("What Redis has not brought is looked up later: %s", error)
                self.server.sleep(RETRY_SECONDS)
        for message in messages:
            self._handle_emit(message)

    def _handle_emit(self, message: dict[str, Any]) -> None:
        event_id = message.get(EVENT_ID)
        if event_id is None or self._is_new(event_id):
            super()._handle_emit(message)

    def _is_new(self, event_id: int) -> bool:
        with self._lock:
            if event_id in self._given:
                return False
            self._given.add(event_id)
            self._given_in_order.append(event_id)
            if len(self._given_in_order) > REMEMBERED_EVENTS:
                self._given.remove(self._given_in_order.popleft())
            return True


class Json:
    """orjson in the form that python-socketio asks for: text out, text or bytes in."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        """JSON text."""
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        """The value of JSON text."""
        return orjson.loads(text)


def create_socketio(settings: Settings, async_mode: str, emitter: Emitter, database: Database) -> SocketIO:
    """A Flask-SocketIO server without an app, for the environment's channel.

    Args:
        async_mode: `eventlet`, `gevent` or `threading`; always given, since the library would guess.
    """

    def origin_allowed(origin: str | None, environ: dict[str, Any]) -> bool:
        return origin is None or origin_may_connect(settings, origin, environ)

    manager = Listener(settings.effective_redis_url, emitter, database)
    return SocketIO(
        async_mode=async_mode,
        client_manager=manager,
        cors_allowed_origins=origin_allowed,
        json=Json,
        max_http_buffer_size=settings.socket_max_payload_bytes,
        http_compression=False,
        manage_session=False,
    )


def start_listening(socketio: SocketIO) -> None:
    """Subscribes to Redis now; the library would only do so when the first client has connected.

    Without it, the first event after a start is lost.
    """
    server = socketio.server
    if not server.manager_initialized:
        server.manager_initialized = True
        server.manager.initialize()


def origin_may_connect(settings: Settings, origin: str, environ: dict[str, Any]) -> bool:
    """True for the front end's origin and for the host that the request itself was sent to."""
    if origin == settings.frontend_url:
        return True
    host: str = environ.get("HTTP_X_FORWARDED_HOST", environ.get("HTTP_HOST", ""))
    return urlsplit(origin).netloc == host.split(",")[0].strip()
