"""Access tokens: made at login, checked by HTTP and by the sockets alike."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import jwt

from errors import AuthenticationFailed, Forbidden
from settings import Settings

LEEWAY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token speaks for.

    Attributes:
        expires: End of the token, in seconds since the epoch.
        session_id: The login that it was issued for; None for a token of somebody else's.
    """

    user_id: str
    roles: tuple[str, ...]
    expires: int
    session_id: str | None = None

    @property
    def is_admin(self) -> bool:
        """True for those who may see everybody's batches."""
        return "admin" in self.roles


def issue(settings: Settings, user_id: str, roles: list[str], session_id: str) -> tuple[str, int]:
    """A signed access token, and when it ends in seconds since the epoch.

    Raises:
        Forbidden: There is only a public key here; tokens come from elsewhere.
    """
    if not settings.signing_key:
        raise Forbidden("This server issues no tokens: log in where they come from")
    now = int(time.time())
    expires = now + settings.access_token_seconds
    claims: dict[str, Any] = {"sub": user_id, "roles": roles, "sid": session_id, "iat": now, "exp": expires}
    if settings.jwt_audience:
        claims["aud"] = settings.jwt_audience
    if settings.jwt_issuer:
        claims["iss"] = settings.jwt_issuer
    return jwt.encode(claims, settings.signing_key, settings.jwt_algorithm), expires


def bearer_token(header: str) -> str:
    """The token in an Authorization header, or nothing. Source: RFC 6750, section 2.1."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def verify(settings: Settings, token: str) -> Identity:
    """Checks signature, time, and where these are set audience and issuer, with the algorithm pinned.

    Raises:
        AuthenticationFailed: The token is malformed, forged, out of date or names nobody.
    """
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            settings.verifying_key,
            algorithms=[settings.jwt_algorithm],
            leeway=LEEWAY_SECONDS,
            audience=settings.jwt_audience or None,
            issuer=settings.jwt_issuer or None,
            options={"require": ["exp"], "verify_sub": False, "verify_aud": bool(settings.jwt_audience)},
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
    session_id = claims.get("sid")
    return Identity(
        str(user_id), names, int(claims["exp"]), session_id if isinstance(session_id, str) else None
    )
