"""Tokens: pinned algorithm, required end, and the three names of the user's id."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from errors import AuthenticationFailed
from realtime import tokens
from settings import Settings
from tests.conftest import SECRET


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings()


def sign(claims: dict[str, Any], key: str = SECRET, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, key, algorithm)


def in_an_hour() -> int:
    return int(time.time()) + 3600


def test_a_token_of_ours_says_who_it_is(settings: Settings) -> None:
    token, expires = tokens.issue(settings, "u1", ["admin"], "s1")
    identity = tokens.verify(settings, token)
    assert (identity.user_id, identity.roles, identity.expires) == ("u1", ("admin",), expires)
    assert identity.is_admin


@pytest.mark.parametrize("name", ["sub", "id", "userId"])
def test_the_user_may_be_named_in_three_ways(settings: Settings, name: str) -> None:
    assert tokens.verify(settings, sign({name: "u7", "exp": in_an_hour()})).user_id == "u7"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        "a.b.c",
        sign({"sub": "u1"}),
        sign({"exp": in_an_hour()}),
        sign({"sub": "", "exp": in_an_hour()}),
        sign({"sub": ["u1"], "exp": in_an_hour()}),
        sign({"sub": "u1", "exp": int(time.time()) - 60}),
        sign({"sub": "u1", "exp": in_an_hour()}, "another secret that is long enough to sign with"),
        sign({"sub": "u1", "exp": in_an_hour()}, "x" * 64, "HS512"),
        jwt.encode({"sub": "u1", "exp": in_an_hour()}, None, "none"),
    ],
)
def test_anything_else_is_refused(settings: Settings, token: str) -> None:
    with pytest.raises(AuthenticationFailed):
        tokens.verify(settings, token)
