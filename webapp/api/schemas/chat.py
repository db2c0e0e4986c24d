"""Requests and answers of `/api/chat`."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from realtime.contract.events import (
    CHAT_ROOM,
    ChatMessage,
    ChatRoomName,
    Wire,
)
from webapp.api.schemas.common import MAX_PAGE, Request, Success


class ChatRoom(Wire):
    """A chat room that somebody has spoken in."""

    room: str
    last_message_at: datetime | None


class ChatRoomsResponse(Success):
    """Chat rooms, the liveliest first."""

    rooms: list[ChatRoom]


class ChatHistoryQuery(Request):
    """Which messages."""

    room: ChatRoomName = CHAT_ROOM
    before: int | None = Field(default=None, ge=1, le=2**63 - 1, description="Only messages with lower ids")
    limit: int = Field(default=50, ge=1, le=MAX_PAGE)


class ChatHistoryResponse(Success):
    """Messages, the newest first."""

    messages: list[ChatMessage]
    next_before: int | None = Field(description="To be sent as `before` for older ones; null where it ends")


class ChatMessageResponse(Success):
    """The message as everybody sees it."""

    message: ChatMessage
