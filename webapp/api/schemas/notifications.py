"""Requests and answers of `/api/notifications`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from realtime.contract.events import (
    NotificationKind,
    Severity,
    Wire,
)
from realtime.publish.notifications import MAX_LINK_CHARS, MAX_MESSAGE_CHARS, MAX_TITLE_CHARS
from webapp.api.schemas.common import MAX_PAGE, Request, Success


class Notification(Wire):
    """Something that one was told."""

    id: str
    kind: NotificationKind
    severity: Severity
    title: str
    message: str
    link: str | None
    batch_id: str | None
    timestamp: datetime
    read_at: datetime | None


class NotificationsParameters(Request):
    """Which notifications."""

    unread: bool = Field(False, description="Only those that were not read")
    limit: int = Field(50, ge=1, le=MAX_PAGE)
    cursor: str | None = Field(None, max_length=36, pattern=r"^[0-9a-f-]+$")


class NotificationsResponse(Success):
    """One page of notifications, the newest first."""

    notifications: list[Notification]
    unread_count: int = Field(description="Of all pages")
    limit: int
    next_cursor: str | None


class NotificationPath(BaseModel):
    """The notification that a path names."""

    notification_id: str = Field(max_length=36, pattern=r"^[0-9a-f-]+$")


class ReadResponse(Success):
    """How many are left."""

    unread_count: int


class NotifyRequest(Request):
    """What to tell whom."""

    to: Literal["all", "role", "user"]
    recipient: str | None = Field(
        None, max_length=320, description="The e-mail address of the user, or the name of the role"
    )
    severity: Severity = "info"
    title: str = Field(min_length=1, max_length=MAX_TITLE_CHARS)
    message: str = Field("", max_length=MAX_MESSAGE_CHARS)
    link: str | None = Field(None, max_length=MAX_LINK_CHARS, description="A path of the page")
