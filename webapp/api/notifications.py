"""`/api/notifications`: what one was told, and what admins tell others."""

from __future__ import annotations

from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from errors import InvalidInput, NotFound
from realtime.contract.events import EVERYBODY, role_room, user_room
from realtime.publish.notifications import to_notification
from store import notifications, users
from store.clock import to_datetime_or_none
from store.notifications import NotificationRow, Reader
from webapp.api.schemas.common import Failure, Success
from webapp.api.schemas.notifications import (
    Notification,
    NotificationPath,
    NotificationsParameters,
    NotificationsResponse,
    NotifyRequest,
    ReadResponse,
)
from webapp.http.guards import BEARER, check_admin, current_user, require_login, services

api = APIBlueprint(
    "notifications",
    __name__,
    url_prefix="/api/notifications",
    abp_tags=[Tag(name="notifications", description="What one was told")],
    abp_security=BEARER,
    abp_responses={401: Failure, 422: Failure},
)
api.before_request(require_login)


@api.get("", responses={200: NotificationsResponse})
def list_notifications(query: NotificationsParameters) -> dict[str, Any]:
    """List one's notifications, the newest first"""
    reader = _reader()
    with services().engine.database.read() as connection:
        rows = notifications.page(
            connection, reader, unread_only=query.unread, before=query.cursor, limit=query.limit + 1
        )
        unread = notifications.unread_count(connection, reader)
    shown = [_as_notification(row, read_ms) for row, read_ms in rows[: query.limit]]
    cursor = shown[-1].id if len(rows) > query.limit else None
    return NotificationsResponse(
        notifications=shown, unread_count=unread, limit=query.limit, next_cursor=cursor
    ).dump()


@api.post("/<string:notification_id>/read", responses={200: ReadResponse, 404: Failure})
def mark_read(path: NotificationPath) -> dict[str, Any]:
    """Note that one was read; again changes nothing"""
    reader = _reader()
    with services().engine.database.write() as connection:
        if not notifications.mark_read(connection, reader, path.notification_id):
            raise NotFound(f"There is no notification {path.notification_id}")
        unread = notifications.unread_count(connection, reader)
    return ReadResponse(unread_count=unread).dump()


@api.post("/read-all", responses={200: ReadResponse})
def mark_all_read() -> dict[str, Any]:
    """Note that all were read"""
    reader = _reader()
    with services().engine.database.write() as connection:
        notifications.mark_all_read(connection, reader)
        unread = notifications.unread_count(connection, reader)
    return ReadResponse(unread_count=unread).dump()


@api.post("", responses={201: Success, 403: Failure})
def notify(body: NotifyRequest) -> tuple[dict[str, Any], int]:
    """Tell a user, a role or everybody something; for admins"""
    check_admin()
    if (body.to == "all") != (body.recipient is None):
        raise InvalidInput.of("recipient", "required", "name the user or the role, and nobody for all")
    notifier, how = services().engine.notifier, {"severity": body.severity, "link": body.link}
    if body.recipient is None:
        notifier.notify_all(body.title, body.message, **how)  # type: ignore[arg-type]
    elif body.to == "role":
        notifier.notify_role(body.recipient, body.title, body.message, **how)  # type: ignore[arg-type]
    else:
        notifier.notify_user(_user_id(body.recipient), body.title, body.message, **how)  # type: ignore[arg-type]
    return Success().dump(), 201


def _reader() -> Reader:
    user = current_user()
    rooms = [user_room(user.id), *map(role_room, user.roles), EVERYBODY]
    return Reader(user.id, rooms, user.created_ms)


def _user_id(email: str) -> str:
    with services().engine.database.read() as connection:
        user = users.by_email(connection, email)
    if user is None:
        raise InvalidInput.of("recipient", "unknown", f"there is no user {email}")
    return user.id


def _as_notification(row: NotificationRow, read_ms: int | None) -> Notification:
    told = to_notification(row).model_dump(exclude={"event_id"})
    return Notification(**told, read_at=to_datetime_or_none(read_ms))
