"""Writes WebSocket frames to a connection at once, without a queue and a sender of its own.

Engine.IO gives each connection a queue and a green thread that empties it: two thirds of the time that an
event takes, and a third of the memory of a connection. Almost always the kernel takes a frame at once; only
what it does not take needs somebody who waits.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from realtime.transport.backpressure import DROP_AT, is_stalled, log_end

FINAL_TEXT = 0x81
# Frames that wait are handed to the kernel so many at a time, so that it shows whether the client takes any.
FRAMES_AT_A_TIME = 100


def text_frame(text: str) -> bytes:
    """The frame of a server's text message. Source: RFC 6455, section 5.2."""
    payload = text.encode()
    length = len(payload)
    if length < 126:
        return bytes((FINAL_TEXT, length)) + payload
    if length < 1 << 16:
        return struct.pack("!BBH", FINAL_TEXT, 126, length) + payload
    return struct.pack("!BBQ", FINAL_TEXT, 127, length) + payload


class Writer:
    """All that is written to one connection."""

    __slots__ = ("_ends", "_is_broken", "_is_held", "_pending", "_rest", "_since", "_socket", "_start")

    def __init__(self, connection: Any, start: Callable[[Callable[[], None]], Any]) -> None:
        """Takes over the writing.

        Args:
            connection: A green socket: `fd` is the one of the system, and `sendall` lets others run.
            start: Starts a background task.
        """
        self._socket = connection
        self._start = start
        self._pending: list[bytes] = []
        # What the kernel did not take. As long as there is any, a task waits to write it.
        self._rest = b""
        self._since = 0.0
        self._ends = self._is_broken = self._is_held = False

    def add(self, frame: bytes, *, replaceable: bool = False) -> bool:
        """Takes a frame for the next `flush`; False where that would write nothing."""
        if self._ends or self._is_broken:
            return False
        waiting = len(self._pending)
        if self._rest and waiting >= DROP_AT:
            if replaceable:
                return False
            if is_stalled(waiting, self._since):
                log_end(waiting)
                self._break()
                return False
        self._pending.append(frame)
        return not self._rest

    def flush(self) -> None:
        """Writes what the kernel takes now; never waits."""
        if self._rest or self._is_held:
            return
        if self._pending:
            self._write(b"".join(self._pending))
        if self._ends and not self._rest:
            self._break()

    def write(self, frame: bytes) -> None:
        """Writes a frame, behind those that wait."""
        self.add(frame)
        self.flush()

    def end(self, frame: bytes) -> None:
        """Ends the connection, after this last frame."""
        self.add(frame)
        self._ends = True
        self.flush()

    @contextmanager
    def held(self) -> Iterator[None]:
        """What is written within the block goes out in one piece at its end."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
            self.flush()

    def _write(self, data: bytes) -> None:
        self._pending.clear()
        try:
            sent = self._socket.fd.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._break()
            return
        if sent < len(data):
            self._rest = data[sent:]
            self._since = time.monotonic()
            self._start(self._write_rest)

    def _write_rest(self) -> None:
        try:
            while self._rest:
                self._socket.sendall(self._rest)
                self._since = time.monotonic()
                self._rest = b"".join(self._pending[:FRAMES_AT_A_TIME])
                del self._pending[:FRAMES_AT_A_TIME]
        except OSError:
            self._break()
        self.flush()

    def _break(self) -> None:
        self._is_broken = True
        self._pending.clear()
        self._rest = b""
        try:
            self._socket.fd.shutdown(socket.SHUT_RDWR)  # Wakes whoever reads, who then ends the connection.
        except OSError:
            return
