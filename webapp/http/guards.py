"""Who is asking: the user behind a request's bearer token."""

from __future__ import annotations

from flask import current_app, g, request

from errors import AuthenticationFailed, Forbidden, NotFound
from realtime.sessions.tokens import bearer_token, verify
from store import users
from store.batches import BatchRow
from store.users import UserRow
from webapp.services import Services

BEARER: list[dict[str, list[str]]] = [{"bearer": []}]


def services() -> Services:
    """The services of the running app."""
    found: Services = current_app.extensions["batchwire"]
    return found


def current_user() -> UserRow:
    """The user of this request; only behind `require_login`."""
    user: UserRow = g.user
    return user


def require_login() -> None:
    """Lets only requests with a valid token of an enabled user pass; a blueprint's `before_request`."""
    g.user = _authenticate()


def require_admin() -> None:
    """Lets only requests of admins pass; a blueprint's `before_request`."""
    require_login()
    check_admin()


def check_admin() -> None:
    """Lets only admins pass, behind `require_login`.

    Raises:
        Forbidden: The user of this request is none.
    """
    if not current_user().is_admin:
        raise Forbidden("This is for admins only")


def own_batch(batch_id: str) -> BatchRow:
    """The batch, if the user of this request may see it; raises like `visible_batch`."""
    return visible_batch(current_user(), batch_id)


def visible_batch(user: UserRow, batch_id: str) -> BatchRow:
    """The batch, if the user may see it.

    Raises:
        NotFound: There is none, or it belongs to somebody else; both look the same.
    """
    batch = services().batches.get(batch_id)
    if batch.owner_id != user.id and not user.is_admin:
        raise NotFound(f"There is no batch {batch_id}")
    return batch


def _authenticate() -> UserRow:
    token = bearer_token(request.headers.get("Authorization", ""))
    if not token:
        raise AuthenticationFailed("Log in first: send the token as `Authorization: Bearer ...`")
    identity = verify(services().settings, token)
    with services().engine.database.read() as connection:
        user = users.get(connection, identity.user_id)
        if identity.session_id is not None and not users.open_sessions(connection, [identity.session_id]):
            raise AuthenticationFailed("This login has ended: log in again")
    g.session_id = identity.session_id
    if user is None or user.disabled:
        raise AuthenticationFailed("The user of this token does not exist or is disabled")
    return user
