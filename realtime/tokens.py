"""Access tokens: made at login, checked by HTTP and by the sockets alike."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import jwt

from errors import AuthenticationFailed
from settings import Settings

ALGORITHM = "HS256"
LEEWAY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token speaks for.

    Attributes:
        expires: End of the token, in seconds since the epoch.
    """

    user_id: str
    roles: tuple[str, ...]
    expires: int

    @property
    def is_admin(self) -> bool:
        """True for those who may see everybody's batches."""
        return "admin" in self.roles


def issue(settings: Settings, user_id: str, roles: list[str], session_id: str) -> tuple[str, int]:
    """A signed access token, and when it ends in seconds since the epoch."""
    now = int(time.time())
    expires = now + settings.access_token_seconds
    claims = {"sub": user_id, "roles": roles, "sid": session_id, "iat": now, "exp": expires}
    return jwt.encode(claims, settings.signing_key, ALGORITHM), expires


def bearer_token(header: str) -> str:
    """The token in an Authorization header, or nothing. Source: RFC 6750, section 2.1."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def verify(settings: Settings, token: str) -> Identity:
    """Checks signature and time, with the algorithm pinned.

    Raises:
        AuthenticationFailed: The token is malformed, forged, out of date or names nobody.
    """
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            settings.signing_key,
            algorithms=[ALGORITHM],
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp"], "verify_sub": False},
        )
    except jwt.ExpiredSignatureError as error:
        raise AuthenticationFailed("The token has run out") from error
    except (jwt.InvalidTokenError, UnicodeError) as error:
        raise AuthenticationFailed("The token is not valid") from error
    user_id = next((claims[name] for name in ("sub", "id", "userId") if claims.get(name)), None)
    if not isinstance(user_id, str | int) or isinstance(user_id, bool):
        raise AuthenticationFailed("The token names no user")
    roles = claims.get("roles")
    names = tuple(role for role in roles if isinstance(role, str)) if isinstance(roles, list) else ()
    return Identity(str(user_id), names, int(claims["exp"]))
