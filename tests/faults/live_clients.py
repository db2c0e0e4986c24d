"""Hundreds of Socket.IO clients in one thread, which come back when they are cut off and note what comes."""

from __future__ import annotations

import random
import selectors
import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, cast

import orjson
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Request, TextMessage

RETRY_SECONDS = (0.1, 1.0)
# The server sends a ping each second in this run; who hears none for so long has lost it.
SILENCE_SECONDS = 4.0


@dataclass
class Account:
    """A user, and all that was seen of the user's events.

    Attributes:
        batch_ids: The user's own batches.
    """

    user_id: str
    token: str
    batch_ids: set[str] = field(default_factory=set)


class LiveClient:
    """One client of one user.

    Attributes:
        numbered: How often it got each numbered event.
        last: The number of the last one, which it says when it comes back.
        disordered: How many came behind one with a higher number.
        foreign: Events about batches that are not its user's.
        connects: How often it was let in.
    """

    def __init__(self, account: Account, ports: list[int], chance: random.Random) -> None:
        self.account = account
        self.numbered: Counter[int] = Counter()
        self.last: int | None = None
        self.disordered = self.ticks = self.connects = 0
        self.foreign: set[str] = set()
        self.is_in = False
        self.heard_at = 0.0
        self.connection: socket.socket | None = None
        self._retry_at = 0.0
        self._ports, self._chance = ports, chance
        self._text = ""

    def try_to_connect(self, now: float) -> bool:
        """Begins to connect to one of the web processes, if it is time."""
        if self.connection is not None or now < self._retry_at:
            return False
        self._retry_at = now + self._chance.uniform(*RETRY_SECONDS)
        port = self._chance.choice(self._ports)
        try:
            self.connection = socket.create_connection(("127.0.0.1", port), timeout=2)
        except OSError:
            return False
        self.connection.setblocking(False)
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self.heard_at = now
        host, target = f"127.0.0.1:{port}", "/socket.io/?EIO=4&transport=websocket"
        self._send(self._protocol.send(Request(host=host, target=target)))
        return True

    def read(self, now: float) -> bool:
        """Takes what has come; False where the connection has ended."""
        assert self.connection is not None
        try:
            data = self.connection.recv(1 << 18)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not data:
            return False
        self.heard_at = now
        self._protocol.receive_data(data)
        for event in self._protocol.events():
            if isinstance(event, TextMessage):
                self._text += event.data
                if event.message_finished:
                    self._take(self._text)
                    self._text = ""
            elif not isinstance(event, AcceptConnection):
                return not isinstance(event, CloseConnection)
        return True

    def cut(self) -> None:
        """Loses the connection without a word."""
        if self.connection is not None:
            self.connection.close()
        self.connection, self.is_in, self._text = None, False, ""

    def _take(self, text: str) -> None:
        if text == "2":
            self._say("3")
        elif text.startswith("0"):
            auth = {"token": self.account.token, "lastEventId": self.last}
            self._say("40" + orjson.dumps(auth).decode())
        elif text.startswith("42"):
            name, *data = orjson.loads(text[2:])
            self._hear(name, data[0] if data else {})

    def _hear(self, name: str, data: dict[str, Any]) -> None:
        if name == "welcome":
            self.connects += 1
            self.is_in = True
            if self.last is None:
                self.last = data["lastEventId"]
            return
        if name == "recovered":
            assert data["complete"], "more was missed than is kept"
            self.last = max(self.last or 0, data["lastEventId"])
            return
        batch_id = data.get("batchId")
        if name.startswith("batch:") and batch_id not in self.account.batch_ids:
            self.foreign.add(str(batch_id))
        number = data.get("eventId")
        if number is None:
            self.ticks += name == "batch:progress"
            return
        self.numbered[number] += 1
        self.disordered += number < (self.last or 0)
        self.last = max(self.last or 0, number)

    def _say(self, text: str) -> None:
        self._send(self._protocol.send(TextMessage(data=text)))

    def _send(self, data: bytes) -> None:
        assert self.connection is not None
        try:
            self.connection.send(data)
        except OSError:
            self.connection.close()


class LiveClients:
    """All of them, looked after by whoever calls `attend` often enough."""

    def __init__(self, clients: list[LiveClient]) -> None:
        self.clients = clients
        self._selector = selectors.DefaultSelector()

    def attend(self, seconds: float) -> None:
        """Reads, answers and reconnects for so long."""
        end = time.monotonic() + seconds
        while True:
            now = time.monotonic()
            for client in self.clients:
                if client.connection is not None and now - client.heard_at > SILENCE_SECONDS:
                    self.lose(client)
                if client.try_to_connect(now):
                    self._selector.register(client.connection, selectors.EVENT_READ, client)
            for key, _ in self._selector.select(0.05):
                client = cast(LiveClient, key.data)
                if not client.read(now):
                    self.lose(client)
            if now >= end:
                return

    def lose(self, client: LiveClient) -> None:
        """Cuts a client off."""
        if client.connection is not None:
            self._selector.unregister(client.connection)
        client.cut()

    def close(self) -> None:
        """Ends them all."""
        for client in self.clients:
            self.lose(client)
        self._selector.close()
