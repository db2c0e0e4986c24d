"""What is written to a connection: in order, at once where that can be, and bounded where it cannot."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator

import pytest

from realtime.transport import backpressure
from realtime.transport.writer import Writer, text_frame

BIG = 1 << 20


class Line:
    """A connection whose other end reads when the test says so, and the tasks that it would have started."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.far = socket.create_connection(server.getsockname())
            self.fd, _ = server.accept()
        self.fd.setblocking(False)
        self.far.settimeout(5)
        self.tasks: list[Callable[[], None]] = []
        self.writer = Writer(self, self.tasks.append)

    def sendall(self, data: bytes) -> None:
        """Waits by reading at the other end, as a client would that catches up."""
        view = memoryview(data)
        while view:
            try:
                view = view[self.fd.send(view) :]
            except BlockingIOError:
                self.received += self.far.recv(BIG)

    received = b""

    def read(self) -> bytes:
        self.far.setblocking(False)
        while True:
            try:
                data = self.far.recv(BIG)
            except BlockingIOError:
                return self.received
            self.received += data
            if not data:
                return self.received

    def fill(self) -> list[bytes]:
        """Writes until the kernel takes no more; returns what was written."""
        frames = []
        while not self.tasks:
            frames.append(text_frame(f"{len(frames)}" + "x" * 5000))
            self.writer.write(frames[-1])
        return frames


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.fd.close()
    line.far.close()


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536])
def test_a_frame_has_the_length_that_the_protocol_says(length: int) -> None:
    frame = text_frame("a" * length)
    assert frame[0] == 0x81
    size = frame[1]
    if length < 126:
        assert size == length
    elif length < 65_536:
        assert (size, int.from_bytes(frame[2:4], "big")) == (126, length)
    else:
        assert (size, int.from_bytes(frame[2:10], "big")) == (127, length)
    assert frame.endswith(b"a" * length)


def test_a_frame_arrives_without_anybody_waiting(line: Line) -> None:
    line.writer.write(b"one")
    line.writer.write(b"two")
    assert line.read() == b"onetwo"
    assert line.tasks == []


def test_what_is_held_goes_out_together(line: Line) -> None:
    with line.writer.held():
        line.writer.write(b"one")
        line.writer.write(b"two")
        assert line.read() == b""
    assert line.read() == b"onetwo"


def test_what_the_kernel_does_not_take_is_written_later_and_in_order(line: Line) -> None:
    frames = line.fill()
    for number in range(50):
        frames.append(text_frame(f"later {number}"))
        line.writer.write(frames[-1])
    assert len(line.tasks) == 1, "one task is enough"
    line.tasks.pop()()
    assert line.read() == b"".join(frames)
    line.writer.write(b"again at once")
    assert line.read().endswith(b"again at once")


def test_what_will_be_replaced_is_dropped_first(line: Line) -> None:
    line.fill()
    for _ in range(backpressure.DROP_AT):
        line.writer.write(b"kept")
    assert not line.writer.add(b"a tick", replaceable=True)
    line.writer.add(b"the end")
    line.tasks.pop()()
    assert b"a tick" not in line.read()
    assert line.read().endswith(b"the end")


def test_a_stalled_connection_is_ended(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    line.fill()
    for _ in range(backpressure.CLOSE_AT):
        line.writer.write(b"waits")
    later = time.monotonic() + backpressure.STALLED_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    line.writer.write(b"one too many")
    line.read()
    assert line.far.recv(1) == b"", "the connection is shut"


def test_the_last_frame_goes_out_before_the_end(line: Line) -> None:
    with line.writer.held():
        line.writer.write(b"one")
        line.writer.end(b"goodbye")
        line.writer.write(b"too late")
    assert line.read() == b"onegoodbye"
    assert line.far.recv(1) == b""


def test_the_end_waits_for_what_the_kernel_did_not_take(line: Line) -> None:
    frames = line.fill()
    line.writer.end(b"goodbye")
    line.tasks.pop()()
    assert line.read() == b"".join(frames) + b"goodbye"
    assert line.far.recv(1) == b""


def test_a_lost_connection_takes_nothing_and_raises_nothing(line: Line) -> None:
    line.far.close()
    for _ in range(3):
        line.writer.write(b"nobody hears this")
    assert not line.writer.add(b"nor this")
