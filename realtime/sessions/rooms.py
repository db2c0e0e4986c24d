"""Rooms: how they may be called, and who may join which."""

from __future__ import annotations

import re
from typing import Any

from errors import Forbidden, InvalidInput
from realtime.sessions.tokens import Identity
from settings import Settings
from store import batches
from store.database import Database

# A plain name, or one of the private kinds with an id behind the colon.
GRAMMAR = re.compile(r"(?:(user|batch|role|chat):)?[A-Za-z0-9][A-Za-z0-9_.@-]{0,99}")


def parse_room(payload: Any) -> str:
    """The room that a client names, as text or as `{"room": ...}`.

    Raises:
        InvalidInput: It names none, or one that no room is called.
    """
    room = payload.get("room") if isinstance(payload, dict) else payload
    if not isinstance(room, str) or not room:
        raise InvalidInput.of("room", "required", 'name a room, as text or as {"room": "..."}')
    if not GRAMMAR.fullmatch(room):
        raise InvalidInput.of("room", "pattern", "is not the name of a room")
    return room


def is_private(room: str) -> bool:
    """True for rooms whose very names are nobody else's concern."""
    return room.startswith(("user:", "batch:", "role:", "chat:"))


def check_may_join(settings: Settings, database: Database, room: str, identity: Identity | None) -> None:
    """Lets pass whoever may join the room.

    Raises:
        Forbidden: They may not; the answer is the same whether the room exists or not.
    """
    if identity is None:
        public = {name.strip() for name in settings.anonymous_rooms.split(",")}
        if room not in public:
            raise Forbidden("Log in to join this room")
        return
    kind, _, name = room.rpartition(":")
    if kind == "user" and name != identity.user_id:
        raise Forbidden("This room belongs to somebody else")
    if kind == "role" and name not in identity.roles:
        raise Forbidden("This room is for a role that you do not have")
    if kind == "batch" and not identity.is_admin:
        with database.read() as connection:
            batch = batches.get(connection, name)
        if batch is None or batch.owner_id != identity.user_id:
            raise Forbidden("This batch does not exist, or belongs to somebody else")
