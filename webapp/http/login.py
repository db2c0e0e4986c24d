"""The check of an e-mail address and a password, wherever somebody logs in."""

from __future__ import annotations

from errors import AuthenticationFailed
from store import users
from store.passwords import password_matches
from store.users import UserRow
from webapp.http.rate_limits import check_rate
from webapp.services import Services


def check_login(services: Services, email: str, password: str, address: str) -> UserRow:
    """The user of this address and password.

    Args:
        address: Where the attempt comes from; attempts are counted by it.

    Raises:
        AuthenticationFailed: They are wrong, or the user is disabled; all look the same.
        TooManyRequests: There were too many attempts.
    """
    engine, limit = services.engine, services.settings.logins_per_minute
    check_rate(engine.emitter.redis, f"login:{address}", limit)
    with engine.database.read() as connection:
        user = users.by_email(connection, email)
    matches = password_matches(user.password_hash if user else None, password)
    if user is None or not matches or user.disabled:
        raise AuthenticationFailed("E-mail address or password is wrong")
    return user
