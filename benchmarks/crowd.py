"""Many Socket.IO clients in one thread, as bare WebSockets: so cheap that the server is what is measured."""

from __future__ import annotations

import base64
import json
import os
import re
import selectors
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any, cast

IN_FLIGHT = 50
CONNECT_SECONDS = 60
BYTES_AT_A_TIME = 1 << 18
# In the first one the server has said what it is, in the second one that the client is in.
OPENED, CONNECTED = b'"pingTimeout"', b'40{"sid"'
PING, PONG = b"\x81\x012", b"3"
# No event's number is longer than what is kept of a read that may have ended within one.
KEPT_BYTES = 64

Heard = Callable[[list[bytes]], None]


class CrowdedOut(RuntimeError):
    """The server has closed a connection, or does not let clients in."""


class Member:
    """One client.

    Attributes:
        heard: How many events it got.
    """

    __slots__ = ("_buffer", "_greeting", "_is_compressed", "connection", "heard", "is_in", "was_opened")

    def __init__(self, port: int, greeting: bytes, offers: str) -> None:
        self.connection = socket.create_connection(("127.0.0.1", port))
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        self.connection.setblocking(False)
        self.heard = 0
        self.is_in = self.was_opened = False
        self._is_compressed = False
        self._buffer = b""
        self._greeting = greeting
        key = base64.b64encode(os.urandom(16)).decode()
        request = (
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{offers}\r\n"
        )
        self.connection.send(request.encode())

    def read(self, pattern: re.Pattern[bytes]) -> list[bytes]:
        """What the pattern finds in the events that have come."""
        try:
            data = self.connection.recv(BYTES_AT_A_TIME)
        except BlockingIOError:
            return []
        if not data:
            raise CrowdedOut("the server has closed a connection")
        self._buffer += data
        if PING in self._buffer:
            self._buffer = self._buffer.replace(PING, b"")
            self.connection.send(frame(PONG))
        if not self.is_in:
            self._come_in()
            if not self.is_in:
                return []
        found, end = [], 0
        for match in pattern.finditer(self._buffer):
            found.append(match[1])
            end = match.end()
        self._buffer = self._buffer[end:][-KEPT_BYTES:]
        self.heard += len(found)
        return found

    def _come_in(self) -> None:
        if self.was_opened:
            self.is_in = CONNECTED in self._buffer or (self._is_compressed and self._buffer != b"")
            return
        head, _, rest = self._buffer.partition(b"\r\n\r\n")
        # Nothing compressed can be read here; that something came must do.
        self._is_compressed = b"permessage-deflate" in head
        if OPENED in rest or (self._is_compressed and rest):
            self.was_opened = True
            self._buffer = b""
            self.connection.send(frame(self._greeting))


class Crowd:
    """Clients that are all in the same rooms.

    Attributes:
        pattern: What stands once in each event, with one group that `on_heard` is given.
    """

    def __init__(
        self,
        port: int,
        pattern: bytes,
        *,
        rooms: Sequence[str] = (),
        auth: Callable[[int], dict[str, Any]] = lambda number: {},
        offers_deflate: bool = False,
    ) -> None:
        """A crowd of nobody.

        Args:
            auth: What the client of a number sends when it connects, beside its rooms.
        """
        self.members: list[Member] = []
        self.pattern = re.compile(pattern)
        self._port = port
        self._greet = lambda number: b"40" + json.dumps({"rooms": list(rooms)} | auth(number)).encode()
        extension = "permessage-deflate; client_max_window_bits"
        self._offers = f"Sec-WebSocket-Extensions: {extension}\r\n" if offers_deflate else ""
        self.selector = selectors.DefaultSelector()

    def connect(self, count: int) -> float:
        """Adds so many clients, some at the same time; returns how many seconds that took.

        Raises:
            CrowdedOut: Not all have come in.
        """
        start = time.perf_counter()
        waiting: set[Member] = set()
        left = count
        while left or waiting:
            while left and len(waiting) < IN_FLIGHT:
                member = Member(self._port, self._greet(len(self.members)), self._offers)
                self.selector.register(member.connection, selectors.EVENT_READ, member)
                self.members.append(member)
                waiting.add(member)
                left -= 1
            self.listen(0.1)
            waiting = {one for one in waiting if not one.is_in}
            if time.perf_counter() - start > CONNECT_SECONDS:
                raise CrowdedOut(f"{left + len(waiting)} clients are not in after {CONNECT_SECONDS} s")
        return time.perf_counter() - start

    def listen(self, seconds: float, on_heard: Heard | None = None) -> int:
        """Reads what has come, or comes first within so many seconds; returns how many events that were."""
        total = 0
        for key, _ in self.selector.select(seconds):
            found = cast(Member, key.data).read(self.pattern)
            total += len(found)
            if on_heard and found:
                on_heard(found)
        return total

    def close(self) -> None:
        """Ends all connections."""
        for member in self.members:
            self.selector.unregister(member.connection)
            member.connection.close()
        self.members.clear()

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()
        self.selector.close()


def frame(text: bytes) -> bytes:
    """A client's WebSocket frame, whose mask leaves the text as it is. Source: RFC 6455, section 5.2."""
    head = bytes([0x81, 0x80 | len(text)]) if len(text) < 126 else struct.pack("!BBH", 0x81, 0xFE, len(text))
    return head + bytes(4) + text
