"""What is read from a connection, whole messages only, however the bytes arrive."""

from __future__ import annotations

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong, TextMessage

from realtime.transport.packets import MalformedPacket
from realtime.transport.reader import Reader

MAX_BYTES = 1000


class Source:
    """A connection on which these pieces arrive, and then its end."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)

    def recv(self, _: int) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""


@pytest.fixture
def client() -> Connection:
    return Connection(ConnectionType.CLIENT)


def read(*pieces: bytes) -> tuple[list[str | bytes], list[bytes]]:
    """The messages, and what is written in answer."""
    answers: list[bytes] = []
    return list(Reader(Source(*pieces), MAX_BYTES).messages(answers.append)), answers


def understood(client: Connection, data: bytes) -> list[Event]:
    client.receive_data(data)
    return list(client.events())


def test_messages_are_put_together_from_any_pieces(client: Connection) -> None:
    data = client.send(TextMessage(data="2")) + client.send(TextMessage(data='42["é",1]'))
    for size in (1, 2, 7, len(data)):
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        assert read(*pieces)[0] == ["2", '42["é",1]']


def test_fragments_are_one_message(client: Connection) -> None:
    data = client.send(TextMessage(data='42["a', message_finished=False))
    data += client.send(TextMessage(data='",1]', message_finished=True))
    assert read(data)[0] == ['42["a",1]']


def test_bytes_stay_bytes(client: Connection) -> None:
    assert read(client.send(BytesMessage(data=b"\x00\xff")))[0] == [b"\x00\xff"]


def test_a_ping_is_answered(client: Connection) -> None:
    messages, answers = read(client.send(Ping(payload=b"there?")) + client.send(TextMessage(data="3")))
    assert messages == ["3"]
    (pong,) = understood(client, b"".join(answers))
    assert isinstance(pong, Pong)
    assert pong.payload == b"there?"


def test_a_goodbye_is_answered_and_is_the_end(client: Connection) -> None:
    close = client.send(CloseConnection(code=1000))
    messages, answers = read(close + b"what comes after it")
    assert messages == []
    (answer,) = understood(client, b"".join(answers))
    assert isinstance(answer, CloseConnection)


def test_a_goodbye_is_said_once(client: Connection) -> None:
    reader = Reader(Source(), MAX_BYTES)
    (goodbye,) = understood(client, reader.goodbye())
    assert isinstance(goodbye, CloseConnection)
    assert reader.goodbye() == b""


@pytest.mark.parametrize("text", ["", "x", "9nonsense", " 2"])
def test_what_engine_io_does_not_know_is_an_error(client: Connection, text: str) -> None:
    with pytest.raises(MalformedPacket):
        read(client.send(TextMessage(data=text)))


def test_a_message_that_is_too_large_is_an_error_before_it_is_whole(client: Connection) -> None:
    data = client.send(TextMessage(data="4" + "x" * MAX_BYTES, message_finished=False))
    with pytest.raises(MalformedPacket):
        read(data)


@pytest.mark.parametrize("data", [b"\x81\x01x", b"\xff\xff\xff\xff", b"\x81\x81\x00\x00\x00\x00\xff"])
def test_what_is_no_frame_is_the_end(client: Connection, data: bytes) -> None:
    messages, answers = read(data, client.send(TextMessage(data="2")))
    assert messages == []
    (answer,) = understood(client, b"".join(answers))
    assert isinstance(answer, CloseConnection)
    assert answer.code != 1000
