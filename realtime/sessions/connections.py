"""The connections of this web process, and the statistics over all web processes."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_socketio import SocketIO
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from errors import Conflict, TooManyRequests
from realtime.contract.events import ERROR, ErrorMessage
from realtime.publish import heartbeats
from realtime.publish.emitter import Emitter
from realtime.sessions.presence import Presence
from realtime.sessions.rooms import is_private
from realtime.sessions.tokens import Identity
from settings import Settings
from store import users
from store.clock import now_ms
from store.database import Database

logger = logging.getLogger(__name__)

REPORT_SECONDS = 2.0
REVIEW_SECONDS = 1.0
# Whoever sends so many times more than is allowed is cut off.
FLOOD = 10

ENDS = {
    "token_expired": "The token has run out",
    "session_ended": "This login has ended: log in again",
    "user_disabled": "This user may not come in any more",
    "ended_by_admin": "An admin has ended this connection",
}


@dataclass(slots=True)
class Connection:
    """One connected client.

    Attributes:
        identity: Who it is, or None for an anonymous one.
        address: Where it comes from.
        user_name: What to call its user; empty until somebody has asked.
        connected_ms: When it came, in milliseconds since 1970.
        rooms: What it joined, beside the room of its user.
        window_start: Begin of the second in which its events are counted, on the monotonic clock.
        window_events: How many events it sent in that second.
    """

    identity: Identity | None
    address: str = ""
    rooms: set[str] = field(default_factory=set)
    window_start: float = 0.0
    window_events: int = 0
    user_name: str = ""
    connected_ms: int = field(default_factory=now_ms)

    @property
    def user_id(self) -> str:
        """Whose it is; empty for an anonymous one."""
        return "" if self.identity is None else self.identity.user_id

    def entry(self) -> dict[str, Any]:
        """What admins are told of it."""
        return {
            "userId": self.user_id or None,
            "address": self.address,
            "connectedMs": self.connected_ms,
            "rooms": sorted(self.rooms),
        }


def count_rooms(states: Iterable[dict[str, Any]]) -> dict[str, int]:
    """How many connections are in each room, over the states of web processes; by name."""
    rooms: Counter[str] = Counter()
    for state in states:
        rooms.update(state["rooms"])
    return dict(sorted(rooms.items()))


class Connections:
    """Knows each client of this process; tells the other processes how many there are."""

    def __init__(self, settings: Settings, socketio: SocketIO, emitter: Emitter, database: Database) -> None:
        self.by_sid: dict[str, Connection] = {}
        self._by_address: Counter[str] = Counter()
        self._by_user: Counter[str] = Counter()
        # Adding one to a count is two steps, between which another thread may come.
        self._counting = threading.Lock()
        self.process = uuid.uuid4().hex
        self._about = heartbeats.about_this_process()
        self._presence = Presence(emitter, self.process)
        self._settings = settings
        self._socketio = socketio
        self._emitter = emitter
        self._database = database

    def start(self) -> None:
        """Starts to tell Redis about this process, and to end connections that have no right to go on."""
        every = self._emitter.supervisor.every
        every(REPORT_SECONDS, self.report, "presence", expected=(RedisError,))
        every(REVIEW_SECONDS, self.review, "session-review", expected=(SQLAlchemyError,))

    def add(self, sid: str, connection: Connection) -> None:
        """Takes a new connection.

        Raises:
            TooManyRequests: Its user, or its address, has too many already.
        """
        with self._counting:
            if self._by_user[connection.user_id] >= self._settings.socket_max_per_user and connection.user_id:
                raise TooManyRequests("Too many connections of one user", retry_after_seconds=10)
            if self._by_address[connection.address] >= self._settings.socket_max_per_address:
                raise TooManyRequests("Too many connections from one address", retry_after_seconds=10)
            self.by_sid[sid] = connection
            self._by_user[connection.user_id] += 1
            self._by_address[connection.address] += 1
        self._presence.change(sid)

    def remove(self, sid: str) -> None:
        """Forgets a connection; one that it does not know is nothing to it."""
        connection = self.by_sid.pop(sid, None)
        if connection is None:
            return
        self._presence.change(sid)
        with self._counting:
            for counts, key in (self._by_user, connection.user_id), (self._by_address, connection.address):
                counts[key] -= 1
                if not counts[key]:
                    del counts[key]

    def joined(self, sid: str, room: str) -> None:
        """Notes that a connection is in a room now."""
        self.by_sid[sid].rooms.add(room)
        self._presence.change(sid)

    def left(self, sid: str, room: str) -> None:
        """Notes that a connection is no longer in a room."""
        self.by_sid[sid].rooms.discard(room)
        self._presence.change(sid)

    def speaking(self, sid: str) -> Connection:
        """A client that has sent an event, which is counted.

        Raises:
            Conflict: It left while its event was under way.
            TooManyRequests: It sends too many; whoever floods is cut off.
        """
        connection = self.by_sid.get(sid)
        if connection is None:
            raise Conflict("Not connected")
        now = time.monotonic()
        if now - connection.window_start >= 1:
            connection.window_start, connection.window_events = now, 0
        connection.window_events += 1
        limit = self._settings.socket_events_per_second
        if connection.window_events > limit * FLOOD:
            self._socketio.server.disconnect(sid)
        if connection.window_events > limit:
            raise TooManyRequests("Too many events in one second", retry_after_seconds=1)
        return connection

    def has_local(self, room: str) -> bool:
        """True while a client of this process is in the room."""
        return any(room in one.rooms for one in list(self.by_sid.values()))

    def totals(self, *, include_private: bool) -> dict[str, Any]:
        """Connections and rooms, summed over all web processes.

        Args:
            include_private: Whether to name the rooms of single users, batches and roles.
        """
        states = list(self.processes().values())
        authenticated = sum(state["authenticated"] for state in states)
        anonymous = sum(state["anonymous"] for state in states)
        return {
            "totalConnections": authenticated + anonymous,
            "authenticated": authenticated,
            "anonymous": anonymous,
            "rooms": {
                room: count
                for room, count in count_rooms(states).items()
                if include_private or not is_private(room)
            },
        }

    def processes(self) -> dict[str, dict[str, Any]]:
        """The state of each web process, by name; of this one only while Redis is away."""
        others: dict[str, dict[str, Any]] = {}
        try:
            others = heartbeats.alive(self._emitter.redis, self._emitter.channel, "web")
        except RedisError as error:
            logger.warning("Statistics of this process only, Redis is away: %s", error)
        return others | {self.process: self._own()}

    def report(self) -> None:
        """Tells Redis how this process does, and who is connected to it.

        Raises:
            RedisError: Redis is away.
        """
        heartbeats.say_alive(self._emitter.redis, self._emitter.channel, "web", self.process, self._own())
        self._presence.write(self.by_sid)

    def review(self) -> None:
        """Ends the connections that may not go on; without the database those whose token has run out.

        Raises:
            SQLAlchemyError: The database is away.
        """
        known = {sid: one.identity for sid, one in list(self.by_sid.items()) if one.identity is not None}
        if not known:
            return
        ended = {sid: "token_expired" for sid, one in known.items() if one.expires <= time.time()}
        try:
            ended = self._ended(known)
        finally:
            for sid, code in ended.items():
                try:
                    self.end(sid, code)
                except Exception:
                    # Whatever is wrong with this one, the others must not stay.
                    logger.exception("A connection could not be ended")

    def end(self, sid: str, code: str) -> None:
        """Ends a connection, of whichever process, and tells it why.

        Args:
            code: One of `ENDS`.
        """
        self._socketio.emit(ERROR, ErrorMessage(code=code, message=ENDS[code]).dump(), to=sid)
        self._socketio.server.disconnect(sid)

    def _own(self) -> dict[str, Any]:
        connections = list(self.by_sid.values())
        authenticated = sum(1 for one in connections if one.identity is not None)
        # Copies: where threads are real ones, a client may join while they are counted.
        rooms = Counter(room for one in connections for room in set(one.rooms))
        return self._about | {
            "authenticated": authenticated,
            "anonymous": len(connections) - authenticated,
            "rooms": dict(rooms),
            **heartbeats.about_loops(self._emitter.supervisor),
        }

    def _ended(self, known: dict[str, Identity]) -> dict[str, str]:
        """Which of these connections may not go on, and why."""
        session_ids = {one.session_id for one in known.values() if one.session_id is not None}
        with self._database.read() as connection:
            open_ids = users.open_sessions(connection, session_ids)
            disabled = users.disabled_among(connection, {one.user_id for one in known.values()})
        ended = {}
        for sid, identity in known.items():
            if identity.user_id in disabled:
                ended[sid] = "user_disabled"
            elif identity.session_id is not None and identity.session_id not in open_ids:
                ended[sid] = "session_ended"
            elif identity.expires <= time.time():
                ended[sid] = "token_expired"
        return ended
