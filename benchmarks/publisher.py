"""Publishes one recorded event over and over, numbered, as fast as Redis takes it."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

PLACEHOLDER = "0000000"
NUMBERED = rb'"number":"(\d{7})"'


class Publisher:
    """One connection that does not wait for Redis's answers before it sends more."""

    def __init__(self, redis_url: str, channel: bytes, message: bytes) -> None:
        address = urlsplit(redis_url)
        self._connection = socket.create_connection((address.hostname, address.port))
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        begin, end = message.split(PLACEHOLDER.encode())
        head = f"*3\r\n$7\r\nPUBLISH\r\n${len(channel)}\r\n".encode() + channel
        self._begin = head + f"\r\n${len(message)}\r\n".encode() + begin
        self._end = end + b"\r\n"

    def publish(self, first: int, count: int) -> None:
        """Sends the events with these numbers."""
        numbers = range(first, first + count)
        self._connection.sendall(b"".join(b"%b%07d%b" % (self._begin, one, self._end) for one in numbers))
        self._drop_answers()

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def _drop_answers(self) -> None:
        self._connection.setblocking(False)
        try:
            while self._connection.recv(1 << 16):
                pass
        except BlockingIOError:
            pass
        finally:
            self._connection.setblocking(True)
