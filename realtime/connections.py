"""The connections of this web process, and the statistics over all web processes."""

from __future__ import annotations

import logging
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from flask_socketio import SocketIO
from redis import RedisError

from realtime import presence
from realtime.emitter import Emitter
from realtime.events import ERROR, ErrorMessage
from realtime.rooms import is_private
from realtime.tokens import Identity

logger = logging.getLogger(__name__)

REPORT_SECONDS = 2.0
EXPIRE_SECONDS = 1.0


@dataclass(slots=True)
class Connection:
    """One connected client.

    Attributes:
        identity: Who it is, or None for an anonymous one.
        rooms: What it joined, beside the room of its user.
        window_start: Begin of the second in which its events are counted, on the monotonic clock.
        window_events: How many events it sent in that second.
    """

    identity: Identity | None
    rooms: set[str] = field(default_factory=set)
    window_start: float = 0.0
    window_events: int = 0


class Connections:
    """Knows each client of this process; tells the other processes how many there are."""

    def __init__(self, socketio: SocketIO, emitter: Emitter) -> None:
        self.by_sid: dict[str, Connection] = {}
        self.process = uuid.uuid4().hex
        self._socketio = socketio
        self._emitter = emitter

    def start(self) -> None:
        """Starts to tell Redis about this process, and to end connections whose token has run out."""
        self._socketio.start_background_task(self._report)
        self._socketio.start_background_task(self._expire)

    def totals(self, *, include_private: bool) -> dict[str, Any]:
        """Connections and rooms, summed over all web processes.

        Args:
            include_private: Whether to name the rooms of single users, batches and roles.
        """
        states = [self._own()]
        try:
            redis, channel = self._emitter.redis, self._emitter.channel
            others = presence.alive(redis, channel, "web")
            states += [state for name, state in others.items() if name != self.process]
        except RedisError as error:
            logger.warning("Statistics of this process only, Redis is away: %s", error)
        rooms: Counter[str] = Counter()
        for state in states:
            rooms.update(state["rooms"])
        authenticated = sum(state["authenticated"] for state in states)
        anonymous = sum(state["anonymous"] for state in states)
        return {
            "totalConnections": authenticated + anonymous,
            "authenticated": authenticated,
            "anonymous": anonymous,
            "rooms": {
                room: count
                for room, count in sorted(rooms.items())
                if include_private or not is_private(room)
            },
        }

    def _own(self) -> dict[str, Any]:
        connections = list(self.by_sid.values())
        authenticated = sum(1 for one in connections if one.identity is not None)
        rooms = Counter(room for one in connections for room in one.rooms)
        return {
            "authenticated": authenticated,
            "anonymous": len(connections) - authenticated,
            "rooms": dict(rooms),
        }

    def _report(self) -> None:
        while True:
            try:
                redis, channel = self._emitter.redis, self._emitter.channel
                presence.say_alive(redis, channel, "web", self.process, self._own())
            except RedisError as error:
                # The circuit has already said so, once.
                logger.debug("The statistics of this process wait, Redis is away: %s", error)
            self._socketio.sleep(REPORT_SECONDS)

    def _expire(self) -> None:
        while True:
            self._socketio.sleep(EXPIRE_SECONDS)
            now = time.time()
            for sid, connection in list(self.by_sid.items()):
                if connection.identity is not None and connection.identity.expires <= now:
                    message = ErrorMessage(code="token_expired", message="The token has run out")
                    self._socketio.emit(ERROR, message.dump(), to=sid)
                    self._socketio.server.disconnect(sid)
