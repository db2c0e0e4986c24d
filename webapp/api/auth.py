"""`/api/auth`: login with e-mail and password, refresh, logout, and who am I."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from flask import request
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import Connection

from errors import AuthenticationFailed, InvalidInput
from realtime.sessions import tokens
from store import users
from store.users import UserRow
from webapp.api.schemas.auth import (
    AuthOptionsResponse,
    DemoAccount,
    LoginRequest,
    LoginResponse,
    LogoutRequest,
    MeResponse,
    RefreshRequest,
    User,
)
from webapp.api.schemas.common import Failure, Success
from webapp.http.guards import BEARER, current_user, require_login, services
from webapp.http.login import check_login

api = APIBlueprint(
    "auth",
    __name__,
    url_prefix="/api/auth",
    abp_tags=[Tag(name="auth", description="Log in and out")],
    abp_responses={401: Failure, 422: Failure, 429: Failure},
)


@api.post("/login", responses={200: LoginResponse})
def login(body: LoginRequest) -> dict[str, Any]:
    """Exchange e-mail address and password for tokens"""
    settings, engine = services().settings, services().engine
    user = check_login(services(), body.email, body.password, request.remote_addr or "")
    refresh_token = secrets.token_urlsafe(32)
    lifetime = settings.refresh_token_seconds
    with engine.database.write() as connection:
        session_id = users.add_session(connection, user.id, _hash(refresh_token), lifetime)
    return _answer(user, session_id, refresh_token)


@api.post("/refresh", responses={200: LoginResponse})
def refresh(body: RefreshRequest) -> dict[str, Any]:
    """Exchange a refresh token for new tokens"""
    new_token = secrets.token_urlsafe(32)
    with services().engine.database.write() as connection:
        found = users.replace_refresh(connection, _hash(body.refresh_token), _hash(new_token))
        user = _enabled(connection, found[1]) if found else None
    if found is None or user is None:
        raise AuthenticationFailed("The refresh token is not valid or was used before; log in again")
    return _answer(user, found[0], new_token)


@api.post("/logout", responses={200: Success})
def logout(body: LogoutRequest) -> dict[str, Any]:
    """End the session of a refresh token, or of the access token; its connections end within two seconds"""
    with services().engine.database.write() as connection:
        if body.refresh_token is not None:
            users.end_session(connection, _hash(body.refresh_token))
        elif (session_id := _session_of_token()) is not None:
            users.end_session_of_id(connection, session_id)
    return Success().dump()


@api.get("/me", responses={200: MeResponse}, security=BEARER)
def me() -> dict[str, Any]:
    """Tell who the token belongs to"""
    require_login()
    return MeResponse(user=_as_user(current_user())).dump()


@api.get("/options", responses={200: AuthOptionsResponse})
def options() -> dict[str, Any]:
    """Tell how one can log in here; names the demo accounts in local mode"""
    settings = services().settings
    demo = [DemoAccount(email=email, password=password) for email, password in settings.demo_accounts]
    return AuthOptionsResponse(local=settings.app_env == "local", demo_accounts=demo).dump()


def _answer(user: UserRow, session_id: str, refresh_token: str) -> dict[str, Any]:
    token, expires = tokens.issue(services().settings, user.id, user.roles, session_id)
    expires_at = datetime.fromtimestamp(expires, UTC)
    return LoginResponse(
        token=token, refresh_token=refresh_token, expires_at=expires_at, user=_as_user(user)
    ).dump()


def _as_user(user: UserRow) -> User:
    return User(id=user.id, email=user.email, name=user.name, roles=user.roles)


def _enabled(connection: Connection, user_id: str) -> UserRow | None:
    user = users.get(connection, user_id)
    return None if user is None or user.disabled else user


def _session_of_token() -> str | None:
    token = tokens.bearer_token(request.headers.get("Authorization", ""))
    if not token:
        raise InvalidInput.of("refreshToken", "required", "send it, or the access token as Authorization")
    return tokens.verify(services().settings, token).session_id


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
