"""Users, and the sessions that refresh tokens belong to."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from errors import Conflict
from store.clock import now_ms
from store.ids import new_id
from store.tables import sessions, users


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow:
    """A user as the database holds it."""

    id: str
    email: str
    name: str
    password_hash: str
    roles: list[str]
    disabled: bool
    created_ms: int

    @property
    def is_admin(self) -> bool:
        """True for those who may see everybody's batches."""
        return "admin" in self.roles


_columns = [users.c[field.name] for field in fields(UserRow)]


def add(connection: Connection, *, email: str, name: str, password_hash: str, roles: list[str]) -> UserRow:
    """Stores a new user.

    Raises:
        Conflict: The e-mail address is taken.
    """
    email = email.strip().lower()
    if by_email(connection, email):
        raise Conflict(f"There is already a user {email}")
    values = {"id": new_id(), "email": email, "name": name, "password_hash": password_hash, "roles": roles}
    statement = insert(users).values(created_ms=now_ms(), disabled=False, **values).returning(*_columns)
    return UserRow(**connection.execute(statement).one()._mapping)


def by_email(connection: Connection, email: str) -> UserRow | None:
    """The user with that address, in any case, or None."""
    return _one(connection, users.c.email == email.strip().lower())


def get(connection: Connection, user_id: str) -> UserRow | None:
    """The user of that id, or None."""
    return _one(connection, users.c.id == user_id)


def everybody(connection: Connection) -> list[UserRow]:
    """All users by address."""
    rows = connection.execute(select(*_columns).order_by(users.c.email))
    return [UserRow(**row._mapping) for row in rows]


def add_session(connection: Connection, user_id: str, refresh_hash: str, lifetime_seconds: int) -> str:
    """Stores a session and returns its id; drops those of the user that ran out."""
    now = now_ms()
    connection.execute(delete(sessions).where(sessions.c.user_id == user_id, sessions.c.expires_ms < now))
    session_id = new_id()
    values = {"id": session_id, "user_id": user_id, "refresh_hash": refresh_hash, "created_ms": now}
    connection.execute(insert(sessions).values(expires_ms=now + lifetime_seconds * 1000, **values))
    return session_id


def replace_refresh(connection: Connection, old_hash: str, new_hash: str) -> tuple[str, str] | None:
    """Exchanges the refresh token of a session that still runs; returns session and user, or None."""
    statement = (
        update(sessions)
        .where(sessions.c.refresh_hash == old_hash, sessions.c.expires_ms > now_ms())
        .values(refresh_hash=new_hash)
        .returning(sessions.c.id, sessions.c.user_id)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else (row.id, row.user_id)


def end_session(connection: Connection, refresh_hash: str) -> None:
    """Ends the session of a refresh token; does nothing where there is none."""
    connection.execute(delete(sessions).where(sessions.c.refresh_hash == refresh_hash))


def _one(connection: Connection, condition: Any) -> UserRow | None:
    row = connection.execute(select(*_columns).where(condition)).one_or_none()
    return None if row is None else UserRow(**row._mapping)
