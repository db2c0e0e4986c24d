"""The Socket.IO handlers: who connects, which rooms they join, and answers to what makes no sense."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import request
from flask_socketio import ConnectionRefusedError, SocketIO, emit, join_room, leave_room
from sqlalchemy.exc import SQLAlchemyError

from errors import AuthenticationFailed, BatchwireError, Forbidden, InvalidInput, TooManyRequests
from realtime.connections import Connection, Connections
from realtime.events import (
    AUTHENTICATE,
    ERROR,
    JOIN_ROOM,
    LEAVE_ROOM,
    PING,
    PONG,
    ROOM_JOINED,
    ROOM_LEFT,
    WELCOME,
    ErrorMessage,
    Pong,
    Room,
    RoomAnswer,
    Welcome,
    WelcomeUser,
    user_room,
)
from realtime.rooms import check_may_join, parse_room
from realtime.tokens import Identity, bearer_token, verify
from settings import Settings
from store import events
from store.database import Database

logger = logging.getLogger(__name__)

UNAVAILABLE = "The service cannot be used just now; try again in a few seconds"


class Handlers:
    """What the server does when a client connects, speaks or leaves."""

    def __init__(self, settings: Settings, database: Database, connections: Connections) -> None:
        self._settings = settings
        self._database = database
        self._connections = connections

    def register(self, socketio: SocketIO) -> None:
        """Puts the handlers on the server."""
        socketio.on_event("connect", self.connect)
        socketio.on_event("disconnect", self.disconnect)
        socketio.on_event(JOIN_ROOM, self.join)
        socketio.on_event(LEAVE_ROOM, self.leave)
        socketio.on_event(AUTHENTICATE, self.authenticate)
        socketio.on_event(PING, self.ping)
        socketio.on_event("*", self.unknown)

    def connect(self, auth: Any = None) -> None:
        """Lets a client in, as its user or as nobody."""
        try:
            identity = self._identify(auth)
        except AuthenticationFailed as error:
            raise ConnectionRefusedError("Authentication failed") from error
        connection = Connection(identity)
        last_event_id = 0
        if identity is not None:
            room = user_room(identity.user_id)
            join_room(room)
            connection.rooms.add(room)
            last_event_id = self._last_event_id(identity)
        self._connections.by_sid[_sid()] = connection
        self._welcome(identity, last_event_id)

    def disconnect(self, *_: Any) -> None:
        """Forgets a client."""
        self._connections.by_sid.pop(_sid(), None)

    def join(self, *payload: Any) -> dict[str, Any]:
        """Puts the client into a room, if it may be there."""
        return self._answer(self._join, payload)

    def leave(self, *payload: Any) -> dict[str, Any]:
        """Takes the client out of a room; leaving a room that it is not in changes nothing."""
        return self._answer(self._leave, payload)

    def authenticate(self, *payload: Any) -> dict[str, Any]:
        """Takes a new token of the same user for an open connection, before the old one runs out."""
        connection = self._connections.by_sid.get(_sid())
        try:
            identity = self._identify(payload[0] if payload else None)
            if connection is None or identity is None or connection.identity is None:
                raise AuthenticationFailed("Send a token on an authenticated connection")
            if identity.user_id != connection.identity.user_id:
                raise AuthenticationFailed("The token belongs to somebody else")
        except AuthenticationFailed as error:
            return _refuse(error.code, error.message)
        connection.identity = identity
        return RoomAnswer(success=True).dump()

    def ping(self, *_: Any) -> None:
        """Answers `pong`."""
        if self._may_speak():
            emit(PONG, Pong(timestamp=datetime.now(UTC)).dump())

    def unknown(self, event: str, *_: Any) -> None:
        """Tells a client that its event means nothing here."""
        if self._may_speak():
            _emit_error("unknown_event", f"There is no event {str(event)[:100]!r}")

    def _last_event_id(self, identity: Identity) -> int:
        try:
            with self._database.read() as database:
                return events.last_id(database, identity.user_id)
        except SQLAlchemyError as error:
            logger.warning("A client was turned away, the database is away: %s", error)
            # What the client has missed is not known, so that it must not believe itself up to date.
            raise ConnectionRefusedError(UNAVAILABLE, {"code": "unavailable"}) from None

    def _identify(self, auth: Any) -> Identity | None:
        token = auth.get("token") if isinstance(auth, dict) else None
        token = token or bearer_token(request.headers.get("Authorization", ""))
        if not token:
            return None
        if not isinstance(token, str):
            raise AuthenticationFailed("The token is not text")
        return verify(self._settings, token)

    def _welcome(self, identity: Identity | None, last_event_id: int) -> None:
        user = None if identity is None else WelcomeUser(id=identity.user_id, roles=list(identity.roles))
        message = Welcome(
            message="Connected to Batchwire",
            socket_id=_sid(),
            timestamp=datetime.now(UTC),
            user=user,
            last_event_id=last_event_id,
        )
        emit(WELCOME, message.dump())

    def _answer(self, action: Callable[[Connection, str], str], payload: tuple[Any, ...]) -> dict[str, Any]:
        connection = self._connections.by_sid.get(_sid())
        if connection is None:  # It left while its event was under way.
            return RoomAnswer(success=False, code="disconnected", error="Not connected").dump()
        try:
            self._count_event(connection)
            room = parse_room(payload[0] if payload else None)
            event = action(connection, room)
        except BatchwireError as error:
            return _refuse(error.code, error.message)
        except SQLAlchemyError as error:
            logger.warning("A room could not be looked up, the database is away: %s", error)
            return _refuse("unavailable", UNAVAILABLE)
        emit(event, Room(room=room).dump())
        return RoomAnswer(success=True, room=room).dump()

    def _join(self, connection: Connection, room: str) -> str:
        check_may_join(self._settings, self._database, room, connection.identity)
        if room not in connection.rooms and len(connection.rooms) >= self._settings.socket_max_rooms:
            limit = self._settings.socket_max_rooms
            raise InvalidInput.of("room", "too_many", f"a connection may be in {limit} rooms at most")
        join_room(room)
        connection.rooms.add(room)
        return ROOM_JOINED

    def _leave(self, connection: Connection, room: str) -> str:
        if connection.identity is not None and room == user_room(connection.identity.user_id):
            raise Forbidden("A connection stays in the room of its own user")
        leave_room(room)
        connection.rooms.discard(room)
        return ROOM_LEFT

    def _may_speak(self) -> bool:
        connection = self._connections.by_sid.get(_sid())
        if connection is None:
            return False
        try:
            self._count_event(connection)
        except TooManyRequests as error:
            _emit_error(error.code, error.message)
            return False
        return True

    def _count_event(self, connection: Connection) -> None:
        now = time.monotonic()
        if now - connection.window_start >= 1:
            connection.window_start, connection.window_events = now, 0
        connection.window_events += 1
        if connection.window_events > self._settings.socket_events_per_second:
            raise TooManyRequests("Too many events in one second", retry_after_seconds=1)


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]


def _refuse(code: str, message: str) -> dict[str, Any]:
    _emit_error(code, message)
    return RoomAnswer(success=False, code=code, error=message).dump()


def _emit_error(code: str, message: str) -> None:
    emit(ERROR, ErrorMessage(code=code, message=message).dump())
