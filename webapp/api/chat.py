"""`/api/chat`: rooms and history; the socket brings what follows."""

from __future__ import annotations

from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from realtime.contract.events import CHAT_ROOM, ChatRequest
from realtime.features.chat import send, to_message
from store import chat
from store.clock import to_datetime
from webapp.api.schemas.chat import (
    ChatHistoryQuery,
    ChatHistoryResponse,
    ChatMessageResponse,
    ChatRoom,
    ChatRoomsResponse,
)
from webapp.api.schemas.common import Failure
from webapp.http.guards import BEARER, current_user, require_login, services

MOST_ROOMS = 100

api = APIBlueprint(
    "chat",
    __name__,
    url_prefix="/api/chat",
    abp_tags=[Tag(name="chat", description="Talk to each other")],
    abp_security=BEARER,
    abp_responses={401: Failure, 422: Failure, 429: Failure},
)
api.before_request(require_login)


@api.get("/rooms", responses={200: ChatRoomsResponse})
def list_rooms() -> dict[str, Any]:
    """List the rooms that somebody has spoken in, and the one that everybody begins with"""
    with services().engine.database.read() as connection:
        found = dict(chat.rooms(connection, MOST_ROOMS))
    found.setdefault(CHAT_ROOM, 0)
    rooms = [
        ChatRoom(room=room, last_message_at=to_datetime(created_ms) if created_ms else None)
        for room, created_ms in found.items()
    ]
    return ChatRoomsResponse(rooms=rooms).dump()


@api.get("/messages", responses={200: ChatHistoryResponse})
def list_messages(query: ChatHistoryQuery) -> dict[str, Any]:
    """List messages of a room, the newest first"""
    with services().engine.database.read() as connection:
        rows = chat.page(connection, query.room, query.before, query.limit)
    cursor = rows[-1].id if len(rows) == query.limit else None
    return ChatHistoryResponse(messages=[to_message(row) for row in rows], next_before=cursor).dump()


@api.post("/messages", responses={201: ChatMessageResponse})
def send_message(body: ChatRequest) -> tuple[dict[str, Any], int]:
    """Send a message; sent again under the same clientId it is the same one"""
    found = services()
    message = send(found.settings, found.engine.database, found.engine.emitter, current_user().id, body)
    return ChatMessageResponse(message=message).dump(), 201
