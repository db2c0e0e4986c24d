"""What hears the channel: once, never deaf for long, and careful with those who do not fetch what waits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Any

import pytest
import socketio
from engineio.socket import Socket
from redis import TimeoutError as RedisTimeoutError
from sqlalchemy.exc import OperationalError

from realtime.contract.events import BATCH_PROGRESS
from realtime.publish.emitter import Emitter
from realtime.transport import backpressure
from realtime.transport.feed import Feed
from realtime.transport.listener import QUESTIONS, Listener
from realtime.transport.packets import StrictPacket
from realtime.transport.server import Json
from supervisor import Loop, Supervisor

NOWHERE = "redis://127.0.0.1:1/0"
PONG = {"type": "pong", "data": b""}
MESSAGE = {"type": "message", "data": b"{}"}


class NoDatabase:
    """A database that is away: the feed has nothing to give out."""

    def read(self) -> Any:
        raise OperationalError("", {}, Exception("away"))


class Channel:
    """A subscription that brings these messages, None where there is nothing for a while."""

    def __init__(self, messages: Iterator[dict[str, Any] | None]) -> None:
        self.pings = 0
        self._messages = messages

    def get_message(self, timeout: float = 0.0) -> dict[str, Any] | None:
        return next(self._messages) if timeout else None

    def ping(self) -> None:
        self.pings += 1


@pytest.fixture
def listener() -> Listener:
    """At a server whose background tasks are noted, not started."""
    database: Any = NoDatabase()
    manager = Listener(NOWHERE, Emitter(NOWHERE, "any"), Feed(database))
    server = socketio.Server(
        client_manager=manager, async_mode="threading", serializer=StrictPacket, json=Json
    )
    server.tasks = []
    server.start_background_task = server.tasks.append
    server.sleep = lambda seconds: None
    return manager


@pytest.fixture
def loop() -> Loop:
    """What notes how the listening goes."""
    return Supervisor().watch(5.0, "listener")


def test_it_listens_once_however_often_it_is_asked_to(listener: Listener) -> None:
    for _ in range(2):  # At the start, and by the library when the first client connects.
        listener.initialize()
    assert len(listener.server.tasks) == 1


def test_a_redis_that_has_fallen_silent_is_asked_and_then_given_up(listener: Listener, loop: Loop) -> None:
    channel: Any = Channel(repeat(None, QUESTIONS + 1))
    with pytest.raises(RedisTimeoutError):
        list(listener._receive(channel, loop))
    assert channel.pings == QUESTIONS


def test_a_redis_that_answers_is_not_given_up_however_quiet_it_is(listener: Listener, loop: Loop) -> None:
    quiet = [None, PONG, None, None, PONG] * 3
    channel: Any = Channel(iter([*quiet, MESSAGE]))
    assert next(listener._receive(channel, loop)) == b"{}"
    assert channel.pings == 9


@pytest.fixture
def polling(listener: Listener) -> Socket:
    """The socket of a client that fetches nothing."""
    server = listener.server
    listener.initialize()
    socket = server.eio.sockets["engine"] = Socket(server.eio, "engine")
    server.environ["engine"] = {}
    listener.connect("engine", "/")
    return socket


def test_what_waits_for_a_client_that_polls_is_bounded(
    listener: Listener, polling: Socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give(event: str, times: int) -> None:
        for number in range(times):
            listener.emit(event, {"number": number}, ignore_queue=True)

    give(BATCH_PROGRESS, backpressure.DROP_AT * 3)
    assert polling.queue.qsize() == backpressure.DROP_AT, "the next one of its kind replaces it"
    give("any", 50)
    assert polling.queue.qsize() == backpressure.DROP_AT + 50
    monkeypatch.setattr(backpressure, "MOST", backpressure.DROP_AT + 50)
    assert not polling.closed
    give("any", 1)
    assert polling.closed
