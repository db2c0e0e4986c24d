"""Notifications: told at once to whoever is connected, and kept for whoever looks later.

The same calls work in a web process, a worker, a `flask` command and a Flask shell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import get_args

from sqlalchemy import Connection

from errors import InvalidInput, NotFound
from realtime.contract.events import (
    EVERYBODY,
    SYSTEM_ALERT,
    SYSTEM_NOTIFICATION,
    NotificationKind,
    Severity,
    SystemNotification,
    role_room,
    user_room,
)
from realtime.publish import outbox
from realtime.publish.emitter import Emitter
from store import events, notifications, users
from store.batches import BatchRow
from store.clock import to_datetime
from store.database import Database
from store.notifications import NotificationRow
from store.states import Status

MAX_TITLE_CHARS = 200
MAX_MESSAGE_CHARS = 2000
MAX_LINK_CHARS = 500
# A path of the page itself: what leads elsewhere could pretend to come from it.
LINK = re.compile(r"/(?![/\\])[^\s\x00]*")
ROLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is to be said.

    Attributes:
        link: A path of the page that it leads to.
        batch_id: The batch that it tells of; without that batch there is no notification either.
    """

    title: str
    message: str = ""
    severity: Severity = "info"
    kind: NotificationKind = "notification"
    link: str | None = None
    batch_id: str | None = None

    def check(self) -> None:
        """Holds what somebody wrote against the limits.

        Raises:
            InvalidInput: It breaks one.
        """
        _check_text("title", self.title, MAX_TITLE_CHARS)
        _check_text("message", self.message, MAX_MESSAGE_CHARS)
        if not self.title.strip():
            raise InvalidInput.of("title", "required", "say what it is about")
        if self.severity not in get_args(Severity):
            raise InvalidInput.of("severity", "enum", f"is one of {', '.join(get_args(Severity))}")
        if self.link is not None and (len(self.link) > MAX_LINK_CHARS or not LINK.fullmatch(self.link)):
            raise InvalidInput.of("link", "pattern", "is a path of this page, such as /batches")


class Notifier:
    """Tells a user, a role or everybody something, now and for later.

    Every method raises `errors.InvalidInput` where a text breaks a limit, and nothing is told then.
    """

    def __init__(self, database: Database, emitter: Emitter) -> None:
        self._database = database
        self._emitter = emitter

    def notify_user(
        self,
        user_id: str,
        title: str,
        message: str = "",
        *,
        severity: Severity = "info",
        link: str | None = None,
    ) -> None:
        """Tells one user.

        Raises:
            NotFound: There is no such user.
        """
        with self._database.read() as connection:
            if users.get(connection, user_id) is None:
                raise NotFound(f"There is no user {user_id}")
        self.tell(user_room(user_id), Notice(title=title, message=message, severity=severity, link=link))

    def notify_role(
        self,
        role: str,
        title: str,
        message: str = "",
        *,
        severity: Severity = "info",
        link: str | None = None,
    ) -> None:
        """Tells all users of a role."""
        self.tell(_room_of(role), Notice(title=title, message=message, severity=severity, link=link))

    def notify_all(
        self, title: str, message: str = "", *, severity: Severity = "info", link: str | None = None
    ) -> None:
        """Tells everybody, also who is not logged in."""
        self.tell(EVERYBODY, Notice(title=title, message=message, severity=severity, link=link))

    def alert(
        self, title: str, message: str = "", *, severity: Severity = "error", role: str = "admin"
    ) -> None:
        """Tells a role, by default the admins, of something that needs them."""
        self.tell(_room_of(role), Notice(title=title, message=message, severity=severity, kind="alert"))

    def tell(self, room: str, notice: Notice) -> None:
        """Tells whoever the room is for."""
        notice.check()
        with self._database.write() as connection:
            event_id = add(connection, room, notice)
        outbox.deliver(self._database, self._emitter, [event_id])


def add(connection: Connection, room: str, notice: Notice) -> int:
    """Stores a notification together with the event that carries it; returns the event's id.

    For whoever has a transaction that makes it true, and delivers the event after it.
    """
    row = notifications.add(
        connection,
        room=room,
        kind=notice.kind,
        severity=notice.severity,
        title=notice.title,
        message=notice.message,
        link=notice.link,
        batch_id=notice.batch_id,
    )
    event = SYSTEM_ALERT if notice.kind == "alert" else SYSTEM_NOTIFICATION
    return events.add(connection, room=room, event=event, payload=to_notification(row).dump())


def to_notification(row: NotificationRow) -> SystemNotification:
    """What clients are told of it."""
    return SystemNotification(
        id=row.id,
        kind=row.kind,  # type: ignore[arg-type]
        severity=row.severity,  # type: ignore[arg-type]
        title=row.title,
        message=row.message,
        link=row.link,
        batch_id=row.batch_id,
        timestamp=to_datetime(row.created_ms),
    )


def notice_of_end(batch: BatchRow) -> Notice:
    """What the owner of a batch that has ended is told."""
    counts = f"{batch.successful:,} of {batch.total or batch.planned:,} successful"
    for count, what in ((batch.failed, "failed"), (batch.skipped, "skipped")):
        counts += f", {count:,} {what}" if count else ""
    title, link = f"Batch {batch.name} {batch.status}", f"/batches/{batch.id}"
    if batch.status == Status.COMPLETED:
        severity: Severity = "warning" if batch.failed else "info"
        return Notice(title=title, message=counts, severity=severity, link=link, batch_id=batch.id)
    reason = (batch.error_message or "It could not go on")[:MAX_MESSAGE_CHARS]
    message = f"{reason} ({counts})" if batch.processed else reason
    return Notice(title=title, message=message, severity="error", link=link, batch_id=batch.id)


def _room_of(role: str) -> str:
    if not ROLE.fullmatch(role):
        raise InvalidInput.of("role", "pattern", "is not the name of a role")
    return role_room(role)


def _check_text(field: str, text: str, most: int) -> None:
    if len(text) > most:
        raise InvalidInput.of(field, "too_long", f"has more than {most} characters")
    if "\x00" in text:
        raise InvalidInput.of(field, "pattern", "holds a character that cannot be stored")
