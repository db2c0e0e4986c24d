"""Slow clients: what waits for a socket is bounded, so that a stalled one does not grow the server.

What the next one of its kind replaces is dropped first; a socket that takes nothing for a while is closed,
and its client comes back and gets what it missed. A burst does no harm: whoever reads, however slowly, is
left alone up to a much higher bound.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from socketio import Server

from compat import engine_of
from realtime.contract.events import BATCH_PROGRESS, CHAT_TYPING, DASHBOARD_UPDATE

logger = logging.getLogger(__name__)

DROP_AT = 100
CLOSE_AT = 1000
STALLED_SECONDS = 5.0
MOST = 20_000
REPLACEABLE = frozenset({BATCH_PROGRESS, DASHBOARD_UPDATE, CHAT_TYPING})
# How a Socket.IO packet of such an event begins.
_BEGINNINGS = tuple(f'2["{event}"' for event in REPLACEABLE)


def is_replaceable(data: object) -> bool:
    """True for the packet of an event that the next one of its kind replaces."""
    return isinstance(data, str) and data.startswith(_BEGINNINGS)


def is_stalled(waiting: int, since: float) -> bool:
    """True for a socket that is given up.

    Args:
        waiting: How many packets wait for it.
        since: When it took one last, on the monotonic clock.
    """
    return waiting >= MOST or (waiting >= CLOSE_AT and time.monotonic() - since > STALLED_SECONDS)


def log_end(waiting: int) -> None:
    """Notes why a connection ended."""
    logger.info("A connection is ended: %d packets wait for it", waiting)


@dataclass(slots=True)
class _Queue:
    """How many packets waited for a socket when the last one came, and since when none was taken."""

    waiting: int
    since: float


class Backpressure:
    """Watches the queues that Engine.IO has for sockets, which have no end.

    It decides about each packet: pass it on, drop it, or close the socket. Sockets that are written to
    directly have no queue; `Writer` decides for them by the same rules.
    """

    def __init__(self, server: Server) -> None:
        self._engine = engine_of(server)
        self._queues: WeakKeyDictionary[Any, _Queue] = WeakKeyDictionary()

    def send(self, engine_sid: str, packet: Any) -> None:
        """Queues a packet for a socket, unless that has fallen behind."""
        socket = self._engine.sockets.get(engine_sid)
        if socket is None:
            return
        waiting = socket.queue.qsize()
        if waiting < DROP_AT:
            self._queues.pop(socket, None)
        elif is_replaceable(packet.data):
            return
        elif self._has_stalled(socket, waiting):
            self._close(socket, waiting)
            return
        self._engine.send_packet(engine_sid, packet)

    def _has_stalled(self, socket: Any, waiting: int) -> bool:
        now = time.monotonic()
        queue = self._queues.setdefault(socket, _Queue(waiting, now))
        # The sender takes all that waits at a time: as long as it is stuck the queue only grows.
        if waiting < queue.waiting:
            queue.since = now
        queue.waiting = waiting
        return is_stalled(waiting, queue.since)

    def _close(self, socket: Any, waiting: int) -> None:
        if not socket.closed:
            log_end(waiting)
            # Without a goodbye, which would wait as well; the client comes back by itself.
            socket.close(wait=False, abort=True, reason=self._engine.reason.TRANSPORT_ERROR)
