"""The Socket.IO server: made by the web process, fed by all processes over Redis."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import orjson
from flask_socketio import SocketIO
from socketio import RedisManager

from settings import Settings

logger = logging.getLogger(__name__)

RETRY_SECONDS = 0.5


class Listener(RedisManager):  # type: ignore[misc]
    """python-socketio's Redis manager, except that it comes back at once after an outage.

    The library doubles its pause up to a minute, in which every event is lost.
    """

    def _redis_listen_with_retries(self) -> Iterator[Any]:
        while True:
            try:
                self._redis_connect()
                self.pubsub.subscribe(self.channel)
                yield from self.pubsub.listen()
            except Exception as error:
                logger.warning("No events from Redis, next try in %s s: %s", RETRY_SECONDS, error)
                time.sleep(RETRY_SECONDS)


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


def create_socketio(settings: Settings, async_mode: str) -> SocketIO:
    """A Flask-SocketIO server without an app, for the environment's channel.

    Args:
        async_mode: `eventlet`, `gevent` or `threading`; always given, since the library would guess.
    """

    def origin_allowed(origin: str | None, environ: dict[str, Any]) -> bool:
        return origin is None or origin_may_connect(settings, origin, environ)

    manager = Listener(
        settings.effective_redis_url,
        channel=settings.socketio_channel,
        redis_options={"socket_connect_timeout": 2, "socket_timeout": None, "health_check_interval": 15},
    )
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
