"""Slow clients: what waits for a socket is bounded, so that a stalled one does not grow the server.

Each socket has a queue of packets in Engine.IO, without an end. What the next one of its kind replaces is
dropped first; a socket that reads nothing for a while is closed, and its client comes back and gets what it
missed. A burst does no harm: whoever reads, however slowly, is left alone up to a much higher bound.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from socketio import Server

from realtime.events import BATCH_PROGRESS, CHAT_TYPING, DASHBOARD_UPDATE

logger = logging.getLogger(__name__)

DROP_AT = 100
CLOSE_AT = 1000
STALLED_SECONDS = 5.0
MOST = 20_000
# How a Socket.IO packet of such an event begins.
REPLACEABLE = tuple(f'2["{event}"' for event in (BATCH_PROGRESS, DASHBOARD_UPDATE, CHAT_TYPING))


@dataclass(slots=True)
class _Queue:
    """How many packets waited for a socket when the last one came, and since when none was taken."""

    waiting: int
    since: float


class Backpressure:
    """Decides about each packet for a socket: pass it on, drop it, or close the socket."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._send = server._send_eio_packet
        self._queues: WeakKeyDictionary[Any, _Queue] = WeakKeyDictionary()
        server._send_eio_packet = self.send

    def send(self, engine_sid: str, packet: Any) -> None:
        """Queues a packet for a socket, unless that has fallen behind."""
        socket = self._server.eio.sockets.get(engine_sid)
        if socket is None:
            return
        waiting = socket.queue.qsize()
        if waiting < DROP_AT:
            self._queues.pop(socket, None)
        elif isinstance(packet.data, str) and packet.data.startswith(REPLACEABLE):
            return
        elif self._is_stalled(socket, waiting):
            self._close(socket, waiting)
            return
        self._send(engine_sid, packet)

    def _is_stalled(self, socket: Any, waiting: int) -> bool:
        now = time.monotonic()
        queue = self._queues.setdefault(socket, _Queue(waiting, now))
        # The sender takes all that waits at a time: as long as it is stuck the queue only grows.
        if waiting < queue.waiting:
            queue.since = now
        queue.waiting = waiting
        return waiting >= MOST or (waiting >= CLOSE_AT and now - queue.since > STALLED_SECONDS)

    def _close(self, socket: Any, waiting: int) -> None:
        if not socket.closed:
            logger.info("A connection is ended: %d packets wait for it", waiting)
            # Without a goodbye, which would wait as well; the client comes back by itself.
            socket.close(wait=False, abort=True, reason=self._server.reason.TRANSPORT_ERROR)
