"""The Socket.IO server of a web process: how it is made, and who may connect to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
from flask_socketio import SocketIO

from realtime.publish.emitter import Emitter
from realtime.transport.feed import Feed
from realtime.transport.listener import Listener
from realtime.transport.packets import StrictPacket
from settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication


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


def create_socketio(settings: Settings, async_mode: str, emitter: Emitter, feed: Feed) -> SocketIO:
    """A Flask-SocketIO server without an app, for the environment's channel.

    Args:
        async_mode: `eventlet`, `gevent` or `threading`; always given, since the library would guess.
    """

    def origin_allowed(origin: str | None, environ: dict[str, Any]) -> bool:
        return origin is None or origin_may_connect(settings, origin, environ)

    manager = Listener(settings.effective_redis_url, emitter, feed)
    return SocketIO(
        async_mode=async_mode,
        client_manager=manager,
        cors_allowed_origins=origin_allowed,
        json=Json,
        serializer=StrictPacket,
        ping_interval=settings.socket_ping_seconds,
        ping_timeout=settings.socket_ping_seconds,
        max_http_buffer_size=settings.socket_max_payload_bytes,
        http_compression=False,
        manage_session=False,
    )


def without_compression(app: WSGIApplication) -> WSGIApplication:
    """The app, to which no WebSocket offers to compress its messages.

    Some servers accept the offer of a browser without asking: it costs three times the memory of a connection
    and twice the processor time of a message, and small messages become no smaller.
    """

    def plain(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return app(environ, start_response)

    return plain


def origin_may_connect(settings: Settings, origin: str, environ: dict[str, Any]) -> bool:
    """True for the front end's origin, the Admin UI's, and the host that the request itself was sent to."""
    if origin == settings.frontend_url:
        return True
    if settings.admin_ui != "off" and origin == settings.admin_ui_origin:
        return True
    host: str = environ.get("HTTP_X_FORWARDED_HOST", environ.get("HTTP_HOST", ""))
    return urlsplit(origin).netloc == host.split(",")[0].strip()
