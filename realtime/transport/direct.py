"""Engine.IO sockets that are taken over from the HTTP server, and written to directly.

python-engineio has three green threads for a connection: one that reads, with the whole request under it, one
that writes, and one that sleeps until the next ping. Here only a reader is left, with nothing under it. It
needs a server whose sockets wait in Python, as eventlet's do; with the others all is as the library has it.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from engineio import Server as Engine
from engineio import exceptions, packet
from engineio.socket import Socket
from socketio import Server

from compat import engine_of, handler_of
from realtime.transport.packets import CheckedWebSocket, MalformedPacket
from realtime.transport.reader import Reader
from realtime.transport.writer import Writer, text_frame
from supervisor import Supervisor

logger = logging.getLogger(__name__)

PING_CHECK_SECONDS = 1.0


class DirectSocket(Socket):  # type: ignore[misc]
    """An Engine.IO socket.

    Attributes:
        writer: What its packets go through; None for long-polling, and where the library does it.
        next_ping: When to send the next ping, on the system's clock; None while an answer is awaited.
    """

    writer: Writer | None = None
    next_ping: float | None = None
    _reader: Reader

    def send(self, pkt: packet.Packet) -> None:
        """Sends a packet.

        Raises:
            SocketIsClosedError: It is closed.
        """
        if self.writer is None:
            super().send(pkt)
            return
        if self.closed:
            raise exceptions.SocketIsClosedError()
        self.writer.write(text_frame(pkt.encode()))

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """Ends the connection; with `abort` without the packet that says so."""
        if self.writer is None:
            super().close(wait=wait, abort=abort, reason=reason)
        elif not self.closed and not self.closing:
            super().close(wait=False, abort=abort, reason=reason)
            self.writer.end(self._reader.goodbye())

    def schedule_ping(self) -> None:
        """Notes when the next ping is due, once the last one was answered."""
        if self.last_ping:
            self.last_ping: float | None = None
            self.next_ping = time.time() + self.server.ping_interval

    def ping_if_due(self, now: float) -> None:
        """Sends a ping when it is time."""
        if self.next_ping is not None and now >= self.next_ping and not (self.closing or self.closed):
            self.next_ping, self.last_ping = None, now
            self.send(packet.Packet(packet.PING))

    def _websocket_handler(self, ws: Any) -> list[Any]:
        websocket = CheckedWebSocket(ws)
        if not hasattr(getattr(websocket, "socket", None), "fd"):
            handled: list[Any] = super()._websocket_handler(websocket)
            return handled
        if self.connected and not self._is_upgraded(websocket):
            return []
        self._take_over(websocket.take_socket())
        return []

    def _is_upgraded(self, websocket: CheckedWebSocket) -> bool:
        """Source: socket.io/docs/v4/engine-io-protocol, "Upgrade"."""
        self.upgrading = True
        try:
            websocket.socket.settimeout(self._silence_seconds)
            if websocket.wait() != f"{packet.PING}probe":
                return False
            websocket.send(f"{packet.PONG}probe")
            self.queue.put(packet.Packet(packet.NOOP))  # Ends the request that polls.
            return websocket.wait() == str(packet.UPGRADE)
        finally:
            self.upgrading = False

    def _take_over(self, connection: Any) -> None:
        connection.settimeout(self._silence_seconds)
        self.connected = self.upgraded = True
        self._reader = Reader(connection, self.server.max_http_buffer_size)
        writer = Writer(connection, self.server.start_background_task)
        while self.queue.qsize():
            writer.add(text_frame(self.queue.get().encode()))
        writer.flush()
        self.writer = writer
        self.server.start_background_task(self._run, connection, writer)

    @property
    def _silence_seconds(self) -> float:
        """Who says nothing for so long, not even in answer to a ping, is gone."""
        return float(self.server.ping_interval + self.server.ping_timeout)

    def _run(self, connection: Any, writer: Writer) -> None:
        try:
            for message in self._reader.messages(writer.write):
                with writer.held():  # An answer of several packets is one write.
                    self.receive(packet.Packet(encoded_packet=message))
        except (MalformedPacket, exceptions.EngineIOError) as error:
            logger.debug("A connection is ended: %r", error)
        except OSError as error:
            logger.debug("A connection is lost: %s", error)
        except Exception:
            logger.exception("A connection is ended")
        self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
        self.server.sockets.pop(self.sid, None)
        connection.close()


def send_directly(server: Server) -> None:
    """Makes all connections of a Socket.IO server direct ones."""
    engine = engine_of(server)
    connected = handler_of(engine, "connect")

    def connect(engine_sid: str, environ: dict[str, Any]) -> Any:
        # The library makes its sockets itself, and this is the first moment after that.
        engine.sockets[engine_sid].__class__ = DirectSocket
        return connected(engine_sid, environ)

    engine.on("connect", connect)


def start_pings(server: Server, supervisor: Supervisor) -> None:
    """Starts to ask all clients of a Socket.IO server whether they are there."""
    engine = engine_of(server)
    seconds = min(PING_CHECK_SECONDS, engine.ping_interval / 4)
    # Its pauses never grow: a client that is not asked takes the server for dead.
    supervisor.every(seconds, lambda: send_pings(engine), "pings", longest_pause_seconds=seconds)


def send_pings(engine: Engine) -> None:
    """Asks each client of whom it is time."""
    now = time.time()
    for one in list(engine.sockets.values()):
        try:
            one.ping_if_due(now)
        except exceptions.EngineIOError:
            continue  # It was closed at this moment.
        except Exception:
            # Whatever is wrong with this one, the others must not be taken for dead.
            logger.exception("A client could not be asked whether it is there")
