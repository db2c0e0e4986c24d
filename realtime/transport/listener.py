"""What this web process hears on the Redis channel, and how its clients are given it."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator
from typing import Any

import orjson
from engineio.packet import MESSAGE, Packet
from flask_socketio import SocketIO
from redis import Redis, RedisError
from redis import TimeoutError as RedisTimeoutError
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.retry import Retry
from socketio import PubSubManager
from socketio.packet import EVENT
from sqlalchemy.exc import SQLAlchemyError

from compat import manager_of
from realtime.publish.emitter import SEQ, Emitter
from realtime.publish.outbox import Message
from realtime.transport.backpressure import REPLACEABLE, Backpressure
from realtime.transport.feed import Feed
from realtime.transport.members import Members
from realtime.transport.packets import StrictPacket
from realtime.transport.writer import Writer, text_frame
from supervisor import Loop, Supervisor

logger = logging.getLogger(__name__)

RETRY_SECONDS = 0.5
# After so long without a message Redis is asked whether it is there; after so many of these without an answer
# it is not.
SILENCE_SECONDS = 5
QUESTIONS = 2
# The outbox is looked at so often, for what Redis has not brought.
LOOK_SECONDS = 1.0
# After so many messages in a row others get a turn: else the first of a burst arrives after its last.
MESSAGES_PER_TURN = 20


class Listener(Members, PubSubManager):  # type: ignore[misc]
    """A manager of python-socketio's for Redis that outlives outages without losing or doubling an event.

    The library's own doubles its pause up to a minute, in which every event is lost. This one comes back at
    once; and what has a number goes through the feed, which knows what is missing and what was given out
    before.
    """

    _backpressure: Backpressure

    def __init__(self, url: str, emitter: Emitter, feed: Feed) -> None:
        super().__init__(channel=emitter.channel)
        self.feed = feed
        feed.give = self._give
        self._url = url
        self._emitter = emitter
        self._is_listening = False
        self._dirty: set[Writer] = set()

    def initialize(self) -> None:
        """Subscribes to Redis, once: the library asks for it when the first client connects."""
        if not self._is_listening:
            self._is_listening = True
            self._backpressure = Backpressure(self.server)
            super().initialize()

    def emit(self, event: str, data: Any, namespace: str | None = None, **options: Any) -> None:
        """Emits; what goes to one client of this process is nothing that others need to hear of."""
        room = options.get("to") or options.get("room")
        # A client that is being let in is not yet "connected", but it is here.
        if isinstance(room, str) and self.eio_sid_from_sid(room, namespace or "/"):
            options["ignore_queue"] = True
        if options.get("ignore_queue") and not options.get("callback"):
            arguments = [] if data is None else list(data) if isinstance(data, tuple) else [data]
            self._deliver(event, arguments, namespace or "/", room, options.get("skip_sid"))
        else:
            super().emit(event, data, namespace=namespace, **options)
        self._flush()

    def _publish(self, data: dict[str, Any]) -> None:
        try:
            self._emitter.redis.publish(self.channel, orjson.dumps(data))
        except RedisError as error:
            logger.warning("Only this process's clients got a message, Redis is away: %s", error)

    def _listen(self) -> Iterator[bytes]:
        # The library has the thread, since it takes each message apart there; what can fail or hang is here.
        loop = self._emitter.supervisor.watch(SILENCE_SECONDS, "listener", expected=(RedisError, OSError))
        while True:
            try:
                with self._connect() as redis, redis.pubsub() as pubsub:
                    pubsub.subscribe(self.channel)
                    yield from self._receive(pubsub, loop)
            except Exception as error:
                loop.fail(error)
            self._flush()
            time.sleep(RETRY_SECONDS)

    def _connect(self) -> Redis:
        return Redis.from_url(
            self._url,
            socket_connect_timeout=2,
            socket_timeout=SILENCE_SECONDS,
            protocol=2,  # With 3 the library logs each message, in a sixth of the time that one takes.
            retry=Retry(NoBackoff(), 0),  # It would reconnect unseen, and what it missed came late.
        )

    def _receive(self, pubsub: PubSub, loop: Loop) -> Iterator[bytes]:
        questions = 0
        while True:
            loop.begin()
            message = pubsub.get_message(timeout=SILENCE_SECONDS)
            if message is None:
                if questions == QUESTIONS:
                    raise RedisTimeoutError("Redis has fallen silent")
                pubsub.ping()
                questions += 1
                continue
            questions = 0
            # What has come by now is one turn, which writes to each socket once.
            count = 0
            while message is not None:
                if message["type"] == "message":
                    yield message["data"]
                elif message["type"] == "subscribe":
                    self.server.start_background_task(self.feed.catch_up)
                count += 1
                message = pubsub.get_message() if count < MESSAGES_PER_TURN else None
            self._flush()
            loop.succeed()
            self.server.sleep(0)

    def _handle_emit(self, message: dict[str, Any]) -> None:
        seq = message.get(SEQ)
        if seq is not None:
            self._flush()  # What follows may wait for the database.
            self.feed.offer(Message(seq, message["event"], message["data"][0], message["room"]))
        elif message.get("callback") or message.get("binary"):
            super()._handle_emit(message)
        else:
            room, skip = message.get("room"), message.get("skip_sid")
            self._deliver(message["event"], message["data"], message.get("namespace") or "/", room, skip)

    def _give(self, message: Message, skip_sids: Collection[str]) -> None:
        self._deliver(message.event, [message.payload], "/", message.rooms, list(skip_sids))
        self._flush()

    def _deliver(self, event: str, data: list[Any], namespace: str, room: Any, skip: Any) -> None:
        """Gives an event to this process's clients in a room; the frame is made once for all of them."""
        text = StrictPacket(EVENT, namespace=namespace, data=[event, *data]).encode()
        packet = Packet(MESSAGE, text)
        frame = text_frame(packet.encode())
        replaceable = event in REPLACEABLE
        skipped = skip if isinstance(skip, list) else [skip]
        sockets, dirty = self.server.eio.sockets, self._dirty
        for sid, engine_sid in self.get_participants(namespace, room):
            if sid in skipped:
                continue
            writer = getattr(sockets.get(engine_sid), "writer", None)
            if writer is None:
                self._backpressure.send(engine_sid, packet)
            elif writer.add(frame, replaceable=replaceable):
                dirty.add(writer)

    def _flush(self) -> None:
        dirty, self._dirty = self._dirty, set()
        for writer in dirty:
            writer.flush()


def start_listening(socketio: SocketIO, supervisor: Supervisor) -> None:
    """Subscribes to Redis now; the library would only do so when the first client has connected.

    Without it, the first event after a start is lost.
    """
    manager: Listener = manager_of(socketio.server)
    feed = manager.feed
    feed.catch_up()
    manager.initialize()
    supervisor.every(LOOK_SECONDS, feed.look, "feed", expected=(SQLAlchemyError,))
