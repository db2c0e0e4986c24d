"""Reads the WebSocket messages of a connection that was taken over from the HTTP server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Message, Ping
from wsproto.utilities import LocalProtocolError

from realtime.transport.packets import ENGINE_TYPES, MalformedPacket

BYTES_AT_A_TIME = 16 * 1024
GOING_AWAY = 1001


class Reader:
    """The protocol is wsproto's; this only moves bytes."""

    __slots__ = ("_max_bytes", "_protocol", "_socket")

    def __init__(self, connection: Any, max_bytes: int) -> None:
        self._socket = connection
        self._protocol = Connection(ConnectionType.SERVER)
        self._max_bytes = max_bytes

    def messages(self, write: Callable[[bytes], object]) -> Iterator[str | bytes]:
        """What the client sends, until it ends the connection.

        Args:
            write: Writes the answer to a control frame.

        Raises:
            OSError: The connection is lost, or was silent for too long.
            MalformedPacket: A message is too large, or none that Engine.IO knows.
        """
        parts: list[Any] = []
        while data := self._socket.recv(BYTES_AT_A_TIME):
            self._protocol.receive_data(data)
            for event in self._protocol.events():
                if isinstance(event, CloseConnection):
                    write(self._answer(event))
                    return
                if isinstance(event, Ping):
                    write(self._answer(event))
                elif isinstance(event, Message):
                    parts.append(event.data)
                    if sum(map(len, parts)) > self._max_bytes:
                        raise MalformedPacket("too large")
                    if event.message_finished:
                        yield self._whole(event, parts)
                        parts = []

    def goodbye(self) -> bytes:
        """The frame that ends the connection; nothing where it has been sent or asked for."""
        try:
            return self._protocol.send(CloseConnection(code=GOING_AWAY))
        except LocalProtocolError:
            return b""

    def _answer(self, event: CloseConnection | Ping) -> bytes:
        if self._protocol.state is ConnectionState.CLOSED:
            return b""
        return self._protocol.send(event.response())

    def _whole(self, event: Message[Any], parts: list[Any]) -> str | bytes:
        if isinstance(event, BytesMessage):
            return b"".join(parts)
        text = "".join(parts)
        if text[:1] not in ENGINE_TYPES:
            raise MalformedPacket("a frame is no packet")
        return text
