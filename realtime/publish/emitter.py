"""Sends events to clients, from any process: web, worker, CLI or shell.

It speaks to the web processes over the Redis channel that Flask-SocketIO listens on, in the form that
python-socketio itself gives a message.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import orjson
from socketio.pubsub_manager import PubSubManager

from realtime.contract.events import Wire, user_room
from realtime.publish.circuit import Circuit, connect_redis
from supervisor import Supervisor

# Holds the number of an event of the outbox, by which a web process sees whether it has missed one.
SEQ = "seq"


class _Envelopes(PubSubManager):  # type: ignore[misc]
    """Lets python-socketio form its message, and hands it out instead of publishing it."""

    def __init__(self, channel: str) -> None:
        super().__init__(channel=channel, write_only=True)
        self._local = threading.local()

    def _publish(self, data: dict[str, Any]) -> None:
        self._local.message = data

    def form(self, event: str, data: Any, room: str | list[str] | None, seq: int | None) -> bytes:
        """The message as it goes over the channel."""
        self.emit(event, data, namespace="/", room=room)
        message = self._local.message
        return orjson.dumps(message if seq is None else message | {SEQ: seq})


class Emitter:
    """Emits to all clients, to a room or to a user.

    Every method raises `redis.RedisError` when Redis cannot be reached, at once where that is known
    already; what must not be lost goes through the outbox.

    Attributes:
        supervisor: Runs the loops of this process; one of its own where none is given.
    """

    def __init__(self, redis_url: str, channel: str, supervisor: Supervisor | None = None) -> None:
        self.supervisor = supervisor or Supervisor()
        self.circuit = Circuit(redis_url, self.supervisor)
        self.redis = connect_redis(redis_url, self.circuit)
        self.channel = channel
        self._envelopes = _Envelopes(channel)

    def broadcast(self, event: str, data: Wire | dict[str, Any]) -> None:
        """Sends to every connected client. Never for what belongs to one user."""
        self.publish(event, data, None)

    def to_room(self, room: str | Sequence[str], event: str, data: Wire | dict[str, Any]) -> None:
        """Sends to a room, or to several rooms at once: a client in two of them gets it once."""
        self.publish(event, data, room if isinstance(room, str) else list(room))

    def to_user(self, user_id: str, event: str, data: Wire | dict[str, Any]) -> None:
        """Sends to all connections of a user."""
        self.publish(event, data, user_room(user_id))

    def form(
        self,
        event: str,
        data: Wire | dict[str, Any],
        room: str | list[str] | None,
        seq: int | None = None,
    ) -> bytes:
        """The message as it goes over the channel, for callers that publish it themselves.

        Raises:
            TypeError: The data is not JSON.
        """
        plain = data.dump() if isinstance(data, Wire) else data
        return self._envelopes.form(event, plain, room, seq)

    def publish(
        self,
        event: str,
        data: Wire | dict[str, Any],
        room: str | list[str] | None,
        seq: int | None = None,
    ) -> None:
        """Sends to these rooms, or to all clients.

        Args:
            seq: For what comes from the outbox: its number.
        """
        self.redis.publish(self.channel, self.form(event, data, room, seq))
