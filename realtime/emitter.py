"""Sends events to clients, from any process: web, worker, CLI or shell.

It speaks to the web processes over the Redis channel that Flask-SocketIO listens on, in the form that
python-socketio itself gives a message.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import orjson
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from socketio.pubsub_manager import PubSubManager

from realtime.events import Wire, user_room

SOCKET_TIMEOUT_SECONDS = 2.0


def connect_redis(url: str) -> Redis:
    """A Redis client that fails within seconds, once, where the library would retry for a minute."""
    return Redis.from_url(
        url,
        socket_timeout=SOCKET_TIMEOUT_SECONDS,
        socket_connect_timeout=SOCKET_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 1),
        health_check_interval=30,
    )


class _Envelopes(PubSubManager):  # type: ignore[misc]
    """Lets python-socketio form its message, and hands it out instead of publishing it."""

    def __init__(self, channel: str) -> None:
        super().__init__(channel=channel, write_only=True)
        self._local = threading.local()

    def _publish(self, data: dict[str, Any]) -> None:
        self._local.message = data

    def form(self, event: str, data: Any, room: str | list[str] | None) -> bytes:
        """The message as it goes over the channel."""
        self.emit(event, data, namespace="/", room=room)
        return orjson.dumps(self._local.message)


class Emitter:
    """Emits to all clients, to a room or to a user.

    Every method raises `redis.RedisError` when Redis cannot be reached; what must not be lost goes
    through the outbox.
    """

    def __init__(self, redis_url: str, channel: str) -> None:
        self.redis = connect_redis(redis_url)
        self.channel = channel
        self._envelopes = _Envelopes(channel)

    def broadcast(self, event: str, data: Wire | dict[str, Any]) -> None:
        """Sends to every connected client. Never for what belongs to one user."""
        self._publish(event, data, None)

    def to_room(self, room: str | Sequence[str], event: str, data: Wire | dict[str, Any]) -> None:
        """Sends to a room, or to several rooms at once: a client in two of them gets it once."""
        self._publish(event, data, room if isinstance(room, str) else list(room))

    def to_user(self, user_id: str, event: str, data: Wire | dict[str, Any]) -> None:
        """Sends to all connections of a user."""
        self._publish(event, data, user_room(user_id))

    def form(self, event: str, data: Wire | dict[str, Any], room: str | list[str] | None) -> bytes:
        """The message as it goes over the channel, for callers that publish it themselves.

        Raises:
            TypeError: The data is not JSON.
        """
        plain = data.dump() if isinstance(data, Wire) else data
        return self._envelopes.form(event, plain, room)

    def _publish(self, event: str, data: Wire | dict[str, Any], room: str | list[str] | None) -> None:
        self.redis.publish(self.channel, self.form(event, data, room))
