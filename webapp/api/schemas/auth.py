"""Requests and answers of `/api/auth`."""

from __future__ import annotations

from datetime import datetime

from pydantic import EmailStr, Field

from realtime.contract.events import (
    Wire,
)
from webapp.api.schemas.common import Request, Success


class LoginRequest(Request):
    """E-mail address and password."""

    email: str = Field(max_length=320)
    password: str = Field(max_length=1000)


class LogoutRequest(Request):
    """The refresh token of the session to end; without one it is the session of the access token."""

    refresh_token: str | None = Field(default=None, max_length=200)


class RefreshRequest(Request):
    """The refresh token that the login gave; each can be used once."""

    refresh_token: str = Field(max_length=200)


class User(Wire):
    """A person who can log in."""

    id: str
    email: EmailStr | str
    name: str
    roles: list[str]


class LoginResponse(Success):
    """Tokens for the API and the sockets."""

    token: str
    refresh_token: str
    expires_at: datetime
    user: User


class MeResponse(Success):
    """The user of the token."""

    user: User


class DemoAccount(Wire):
    """An account that exists in local mode only."""

    email: str
    password: str


class AuthOptionsResponse(Success):
    """How one can log in here."""

    local: bool
    demo_accounts: list[DemoAccount]
