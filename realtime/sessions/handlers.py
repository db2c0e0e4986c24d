"""The Socket.IO handlers: who connects, which rooms they join, and answers to what makes no sense."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from socketio import Server
from socketio.exceptions import ConnectionRefusedError
from sqlalchemy.exc import SQLAlchemyError

from errors import AuthenticationFailed, BatchwireError, Conflict, Forbidden, InvalidInput, TooManyRequests
from realtime.contract.events import (
    AUTHENTICATE,
    BATCH_PROGRESS,
    EVERYBODY,
    JOIN_ROOM,
    LEAVE_ROOM,
    PING,
    PONG,
    RECOVERED,
    ROOM_JOINED,
    ROOM_LEFT,
    WELCOME,
    AuthenticateRequest,
    ConnectRequest,
    Pong,
    Recovered,
    Room,
    RoomAnswer,
    Welcome,
    WelcomeUser,
    role_room,
    user_room,
)
from realtime.contract.presentation import to_progress
from realtime.sessions.clients import Client, on
from realtime.sessions.connections import Connection, Connections
from realtime.sessions.lookups import Lookups
from realtime.sessions.rooms import check_may_join, parse_room
from realtime.sessions.tokens import Identity, bearer_token, verify
from realtime.transport.feed import Feed, Known, Missed
from settings import Settings
from store.batches import BatchRow
from store.database import Database

logger = logging.getLogger(__name__)

UNAVAILABLE = "The service cannot be used just now; try again in a few seconds"


class Handlers:
    """What the server does when a client connects, speaks or leaves."""

    def __init__(self, settings: Settings, database: Database, connections: Connections, feed: Feed) -> None:
        self._settings = settings
        self._database = database
        self._connections = connections
        self._feed = feed
        self._lookups = Lookups(database)

    def register(self, server: Server) -> None:
        """Puts the handlers on the server."""
        on(server, "connect", self.connect)
        on(server, "disconnect", self.disconnect)
        on(server, JOIN_ROOM, self.join)
        on(server, LEAVE_ROOM, self.leave)
        on(server, AUTHENTICATE, self.authenticate)
        on(server, PING, self.ping)
        server.on("*", lambda event, sid, *_: self.unknown(Client(server, sid), event))

    def connect(self, client: Client, environ: dict[str, Any], auth: Any = None) -> None:
        """Lets a client in, as its user or as nobody, and gives one that comes back what it missed."""
        try:
            asked = ConnectRequest.model_validate(auth if isinstance(auth, dict) else {})
            token = asked.token or bearer_token(environ.get("HTTP_AUTHORIZATION", ""))
            connection = Connection(self._identify(token), environ.get("REMOTE_ADDR", ""))
            position, is_returning = self._feed.position, asked.last_event_id is not None
            known = Known(position, self._check_standing(connection.identity, is_returning=is_returning))
            self._connections.add(client.sid, connection)
            rooms = self._rooms_for(client, connection, asked.rooms)
            with self._feed.lock:
                self._let_in(client, connection, rooms, asked.last_event_id, known)
        except ValidationError as error:
            raise ConnectionRefusedError(describe(error), {"code": "invalid_auth"}) from error
        except AuthenticationFailed as error:
            raise ConnectionRefusedError("Authentication failed") from error
        except TooManyRequests as error:
            raise ConnectionRefusedError(error.message, {"code": "too_many_connections"}) from error
        except SQLAlchemyError as error:
            # What the client has missed is not known, so that it must not believe itself up to date.
            logger.warning("A client was turned away, the database is away: %s", error)
            self.disconnect(client)
            raise ConnectionRefusedError(UNAVAILABLE, {"code": "unavailable"}) from None

    def disconnect(self, client: Client, *_: Any) -> None:
        """Forgets a client."""
        self._connections.remove(client.sid)
        self._feed.forget(client.sid)

    def join(self, client: Client, *payload: Any) -> dict[str, Any]:
        """Puts the client into a room, if it may be there."""
        return self._answer(client, self._join, payload)

    def leave(self, client: Client, *payload: Any) -> dict[str, Any]:
        """Takes the client out of a room; leaving a room that it is not in changes nothing."""
        return self._answer(client, self._leave, payload)

    def authenticate(self, client: Client, *payload: Any) -> dict[str, Any]:
        """Takes a new token of the same user for an open connection, before the old one runs out."""
        connection = self._connections.by_sid.get(client.sid)
        try:
            asked = AuthenticateRequest.model_validate(payload[0] if payload else None)
            identity = self._identify(asked.token)
            self._check_standing(identity)
            if connection is None or identity is None or connection.identity is None:
                raise AuthenticationFailed("Send a token on an authenticated connection")
            if identity.user_id != connection.identity.user_id:
                raise AuthenticationFailed("The token belongs to somebody else")
        except ValidationError as error:
            return client.refuse("invalid_payload", describe(error))
        except AuthenticationFailed as error:
            return client.refuse(error.code, error.message)
        except SQLAlchemyError:
            return client.refuse("unavailable", UNAVAILABLE)
        connection.identity = identity
        return RoomAnswer(success=True).dump()

    def ping(self, client: Client, *_: Any) -> None:
        """Answers `pong`."""
        if self._may_speak(client):
            client.emit(PONG, Pong(timestamp=datetime.now(UTC)))

    def unknown(self, client: Client, event: str) -> None:
        """Tells a client that its event means nothing here."""
        if self._may_speak(client):
            client.tell_error("unknown_event", f"There is no event {str(event)[:100]!r}")

    def _rooms_for(self, client: Client, connection: Connection, asked: Sequence[str]) -> list[str]:
        """The rooms that are a new client's own, and those that it asks for and may be in."""
        identity = connection.identity
        rooms = [] if identity is None else [user_room(identity.user_id), *map(role_room, identity.roles)]
        for room in asked:
            try:
                rooms.append(self._check_room(connection, parse_room(room), len(rooms)))
            except BatchwireError as error:
                client.tell_error(error.code, f"{room[:100]}: {error.message}")
        return rooms

    def _let_in(
        self,
        client: Client,
        connection: Connection,
        rooms: Sequence[str],
        last_event_id: int | None,
        known: Known,
    ) -> None:
        for room in rooms:
            client.enter(room)
            self._connections.joined(client.sid, room)
        self._welcome(client, connection.identity, last_event_id)
        if last_event_id is not None:
            self._feed.resume(
                client.sid,
                connection.user_id or None,
                [EVERYBODY, *rooms],
                last_event_id,
                known,
                lambda missed: _send_missed(client, missed),
            )

    def _identify(self, token: str) -> Identity | None:
        return verify(self._settings, token) if token else None

    def _check_standing(self, identity: Identity | None, *, is_returning: bool = False) -> Sequence[BatchRow]:
        """Lets pass whose login has not ended; the user's unfinished batches, for one who comes back."""
        if identity is None:
            return ()
        standing = self._lookups.standing(identity, is_returning=is_returning)
        if not standing.is_open:
            raise AuthenticationFailed("This login has ended")
        if standing.is_disabled:
            raise AuthenticationFailed("This user may not come in any more")
        return standing.unfinished

    def _welcome(self, client: Client, identity: Identity | None, last_event_id: int | None) -> None:
        if last_event_id is None:
            last_event_id = self._feed.position or 0
        user = None if identity is None else WelcomeUser(id=identity.user_id, roles=list(identity.roles))
        message = Welcome(
            message="Connected to Batchwire",
            socket_id=client.sid,
            timestamp=datetime.now(UTC),
            user=user,
            last_event_id=last_event_id,
        )
        client.emit(WELCOME, message)

    def _answer(
        self, client: Client, action: Callable[[Client, Connection, str], str], payload: tuple[Any, ...]
    ) -> dict[str, Any]:
        try:
            connection = self._connections.speaking(client.sid)
            room = parse_room(payload[0] if payload else None)
            event = action(client, connection, room)
        except BatchwireError as error:
            return client.refuse(error.code, error.message)
        except SQLAlchemyError as error:
            logger.warning("A room could not be looked up, the database is away: %s", error)
            return client.refuse("unavailable", UNAVAILABLE)
        client.emit(event, Room(room=room))
        return RoomAnswer(success=True, room=room).dump()

    def _join(self, client: Client, connection: Connection, room: str) -> str:
        if room not in connection.rooms:
            self._check_room(connection, room, len(connection.rooms))
        client.enter(room)
        self._connections.joined(client.sid, room)
        return ROOM_JOINED

    def _check_room(self, connection: Connection, room: str, count: int) -> str:
        check_may_join(self._settings, self._database, room, connection.identity)
        limit = self._settings.socket_max_rooms
        if count >= limit:
            raise InvalidInput.of("room", "too_many", f"a connection may be in {limit} rooms at most")
        return room

    def _leave(self, client: Client, connection: Connection, room: str) -> str:
        identity = connection.identity
        if identity and room in (user_room(identity.user_id), *map(role_room, identity.roles)):
            raise Forbidden("A connection stays in the rooms of its own user and roles")
        client.leave(room)
        self._connections.left(client.sid, room)
        return ROOM_LEFT

    def _may_speak(self, client: Client) -> bool:
        try:
            self._connections.speaking(client.sid)
        except Conflict:
            return False
        except TooManyRequests as error:
            client.tell_error(error.code, error.message)
            return False
        return True


def _send_missed(client: Client, missed: Missed) -> None:
    for message in missed.events:
        client.emit(message.event, message.payload)
    for batch in missed.unfinished:
        client.emit(BATCH_PROGRESS, to_progress(batch))
    answer = Recovered(complete=missed.is_complete, events=len(missed.events), last_event_id=missed.seq)
    client.emit(RECOVERED, answer)


def describe(error: ValidationError) -> str:
    """What is wrong with a payload: the field and the rule."""
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return f"{field}: {first['msg']}" if field else str(first["msg"])
