"""Users, and the sessions that refresh tokens belong to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select, update

from errors import Conflict, NotFound
from store.clock import now_ms
from store.ids import new_id
from store.tables import sessions, users

# Two tabs may refresh at the same moment, and one of them then shows the token that was just replaced.
FORGIVEN_MS = 10_000


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


def by_ids(connection: Connection, user_ids: Collection[str]) -> dict[str, UserRow]:
    """Those of these users that there are, by id."""
    rows = connection.execute(select(*_columns).where(users.c.id.in_(list(user_ids))))
    return {row.id: UserRow(**row._mapping) for row in rows}


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
    """Exchanges the refresh token of a session that still runs; returns session and user, or None.

    A token that was replaced before ends its session, since it is in two hands. Two tabs that refresh at the
    same moment are forgiven.
    """
    now = now_ms()
    statement = (
        update(sessions)
        .where(sessions.c.refresh_hash == old_hash, sessions.c.expires_ms > now)
        .values(refresh_hash=new_hash, replaced_hash=old_hash, replaced_ms=now)
        .returning(sessions.c.id, sessions.c.user_id)
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        stolen = and_(sessions.c.replaced_hash == old_hash, sessions.c.replaced_ms < now - FORGIVEN_MS)
        connection.execute(delete(sessions).where(stolen))
        return None
    return row.id, row.user_id


def end_session(connection: Connection, refresh_hash: str) -> None:
    """Ends the session of a refresh token; does nothing where there is none."""
    connection.execute(delete(sessions).where(sessions.c.refresh_hash == refresh_hash))


def end_session_of_id(connection: Connection, session_id: str) -> None:
    """Ends a session; does nothing where there is none."""
    connection.execute(delete(sessions).where(sessions.c.id == session_id))


def open_sessions(connection: Connection, session_ids: Collection[str]) -> set[str]:
    """Those of the sessions that have not ended."""
    query = select(sessions.c.id).where(sessions.c.id.in_(session_ids), sessions.c.expires_ms > now_ms())
    return set(connection.execute(query).scalars())


def disabled_among(connection: Connection, user_ids: Collection[str]) -> set[str]:
    """Those of the users who may not come in any more."""
    query = select(users.c.id).where(users.c.id.in_(user_ids), users.c.disabled)
    return set(connection.execute(query).scalars())


def set_disabled(connection: Connection, email: str, disabled: bool) -> UserRow:
    """Shuts a user out and ends all sessions, or lets the user in again.

    Raises:
        NotFound: There is no such user.
    """
    user = by_email(connection, email)
    if user is None:
        raise NotFound(f"There is no user {email}")
    connection.execute(update(users).where(users.c.id == user.id).values(disabled=disabled))
    if disabled:
        connection.execute(delete(sessions).where(sessions.c.user_id == user.id))
    return user


def _one(connection: Connection, condition: Any) -> UserRow | None:
    row = connection.execute(select(*_columns).where(condition)).one_or_none()
    return None if row is None else UserRow(**row._mapping)
