"""What comes over a socket is checked before python-socketio sees it: whoever sends nonsense is cut off.

The libraries raise on a malformed packet, log a traceback, and read on. They also take an event that is
called `disconnect` for the end of the connection.
"""

from __future__ import annotations

import logging
from typing import Any

from socketio import Server, packet

from compat import client_of, engine_of, environments_of, handler_of
from realtime.contract.events import ERROR, ErrorMessage

logger = logging.getLogger(__name__)

# Source: socket.io/docs/v4/engine-io-protocol, "Protocol"; 0 to 6 are its packet types.
ENGINE_TYPES = frozenset("0123456")
RESERVED = frozenset({"connect", "disconnect", "connect_error"})


class MalformedPacket(ValueError):
    """A client has sent what no client sends."""


class StrictPacket(packet.Packet):  # type: ignore[misc]
    """A Socket.IO packet that a client may send: no binary ones, since no event here takes any."""

    # Nor does any event have bytes in it, for which the library would search all of it each time.
    uses_binary_events = False

    def decode(self, encoded_packet: str | bytes) -> int:
        """Reads a packet.

        Raises:
            MalformedPacket: It is none.
        """
        try:
            count = super().decode(encoded_packet)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise MalformedPacket(str(error)) from None
        if count or not self._makes_sense():
            raise MalformedPacket(f"type {self.packet_type}")
        return 0

    def _makes_sense(self) -> bool:
        data = self.data
        if self.packet_type == packet.CONNECT:
            return data is None or isinstance(data, dict)
        if self.packet_type == packet.EVENT:
            return (
                isinstance(data, list) and bool(data) and isinstance(data[0], str) and data[0] not in RESERVED
            )
        if self.packet_type == packet.ACK:
            return isinstance(data, list) and self.id is not None
        return bool(self.packet_type == packet.DISCONNECT)


class CheckedWebSocket:
    """A WebSocket that ends where a frame is no Engine.IO packet."""

    def __init__(self, websocket: Any) -> None:
        self._websocket = websocket

    def __getattr__(self, name: str) -> Any:
        return getattr(self._websocket, name)

    def take_socket(self) -> Any:
        """Its green socket, which neither it nor the HTTP server uses from now on."""
        green = self._websocket.socket
        taken = type(green)(type(green.fd)(fileno=green.fd.detach()))
        self._websocket.websocket_closed = True  # Else it would send that it closes.
        return taken

    def wait(self) -> str | bytes | None:
        """The next frame; None at the end."""
        frame: str | bytes | None = self._websocket.wait()
        if isinstance(frame, str) and frame[:1] not in ENGINE_TYPES:
            logger.debug("A connection is ended: a frame is no packet")
            return None
        return frame


def guard(server: Server) -> None:
    """Ends connections that send malformed packets, with an `error` event and without a traceback."""
    engine, connected = engine_of(server), environments_of(server)
    handle = handler_of(engine, "message")

    def message(engine_sid: str, data: str | bytes) -> None:
        if engine_sid not in connected:  # It was cut off while this packet waited for its turn.
            return
        try:
            if not data:  # The library would take it for an event.
                raise MalformedPacket("empty")
            handle(engine_sid, data)
        except MalformedPacket as error:
            logger.debug("A connection is ended: malformed packet (%s)", error)
            sid = client_of(server, engine_sid, "/")
            if sid is not None:
                payload = ErrorMessage(code="malformed_packet", message="That was no Socket.IO packet")
                server.emit(ERROR, payload.dump(), to=sid)
            engine.disconnect(engine_sid)

    engine.on("message", message)
