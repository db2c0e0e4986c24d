"""Tokens: pinned algorithm, required end, and the three names of the user's id."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.utils import base64url_encode
from pydantic import ValidationError

from errors import AuthenticationFailed, Forbidden
from realtime.sessions import tokens
from settings import Settings
from tests.system import SECRET


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


REFUSED = {
    "empty": "",
    "one-part": "nonsense",
    "three-parts": "a.b.c",
    "for-ever": sign({"sub": "u1"}),
    "of-nobody": sign({"exp": in_an_hour()}),
    "of-an-empty-name": sign({"sub": "", "exp": in_an_hour()}),
    "of-a-list": sign({"sub": ["u1"], "exp": in_an_hour()}),
    "run-out": sign({"sub": "u1", "exp": int(time.time()) - 60}),
    "another-secret": sign(
        {"sub": "u1", "exp": in_an_hour()}, "another secret that is long enough to sign with"
    ),
    "another-algorithm": sign({"sub": "u1", "exp": in_an_hour()}, "x" * 64, "HS512"),
    "not-signed": jwt.encode({"sub": "u1", "exp": in_an_hour()}, None, "none"),
}


# Named, since tokens differ from second to second, and what runs side by side must agree about the names.
@pytest.mark.parametrize("token", REFUSED.values(), ids=REFUSED.keys())
def test_anything_else_is_refused(settings: Settings, token: str) -> None:
    with pytest.raises(AuthenticationFailed):
        tokens.verify(settings, token)


def pem_pair(algorithm: str) -> tuple[str, str]:
    """A new private and public key."""
    made: Any = {
        "RS256": lambda: rsa.generate_private_key(65537, 2048),
        "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate,
    }[algorithm]()
    encoding = serialization.Encoding.PEM
    private = made.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = made.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_pair_of_keys_signs_here_and_is_verified_elsewhere(
    make_settings: Callable[..., Settings], tmp_path: Path, algorithm: str
) -> None:
    private, public = pem_pair(algorithm)
    (tmp_path / "private.pem").write_text(private)
    issuer = make_settings(jwt_algorithm=algorithm, jwt_private_key=str(tmp_path / "private.pem"))
    token, _ = tokens.issue(issuer, "u1", [], "s1")
    assert tokens.verify(issuer, token).session_id == "s1"
    elsewhere = make_settings(jwt_algorithm=algorithm, jwt_public_key=public)
    assert tokens.verify(elsewhere, token).user_id == "u1"
    with pytest.raises(Forbidden, match="issues no tokens"):
        tokens.issue(elsewhere, "u1", [], "s1")
    _, public_of_others = pem_pair(algorithm)
    with pytest.raises(AuthenticationFailed):
        tokens.verify(make_settings(jwt_algorithm=algorithm, jwt_public_key=public_of_others), token)


def test_a_public_key_is_no_secret_to_sign_with(make_settings: Callable[..., Settings]) -> None:
    """The oldest attack there is: a token signed with HS256 and the text of the public key."""
    _, public = pem_pair("RS256")
    settings = make_settings(jwt_algorithm="RS256", jwt_public_key=public)
    header, claims = ({"alg": "HS256", "typ": "JWT"}, {"sub": "u1", "exp": in_an_hour()})
    parts = [base64url_encode(json.dumps(part).encode()) for part in (header, claims)]
    signed = b".".join(parts)
    signature = hmac.digest(public.encode(), signed, "sha256")
    forged = (signed + b"." + base64url_encode(signature)).decode()
    for token in (forged, jwt.encode(claims, None, "none")):
        with pytest.raises(AuthenticationFailed):
            tokens.verify(settings, token)


def test_audience_and_issuer_must_be_those_that_are_set(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(jwt_audience="batchwire", jwt_issuer="https://login.example.org")
    token, _ = tokens.issue(settings, "u1", [], "s1")
    assert tokens.verify(settings, token).user_id == "u1"
    right = {"sub": "u1", "exp": in_an_hour(), "aud": "batchwire", "iss": "https://login.example.org"}
    assert tokens.verify(settings, sign(right)).user_id == "u1"
    for wrong in ({"aud": "other"}, {"iss": "other"}, {"aud": None}, {"iss": None}):
        claims = {name: value for name, value in (right | wrong).items() if value is not None}
        with pytest.raises(AuthenticationFailed):
            tokens.verify(settings, sign(claims))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"jwt_algorithm": "RS256"}, "RS256 needs one of them"),
        ({"jwt_algorithm": "RS256", "jwt_public_key": "/nowhere.pem"}, "neither a key nor a file"),
        ({"jwt_algorithm": "RS256", "jwt_public_key": "-----BEGIN nonsense"}, "are no keys for RS256"),
        ({"jwt_algorithm": "ES256", "jwt_private_key": "RS256"}, "are no keys for ES256"),
        (
            {"jwt_algorithm": "ES256", "jwt_private_key": "ES256", "jwt_public_key": "ES256"},
            "does not belong",
        ),
        ({"jwt_public_key": "ES256"}, "takes JWT_SECRET and no keys"),
    ],
)
def test_keys_that_do_not_fit_end_the_start(
    make_settings: Callable[..., Settings], values: dict[str, str], words: str
) -> None:
    for name, half in (("jwt_private_key", 0), ("jwt_public_key", 1)):
        if values.get(name) in ("RS256", "ES256"):
            values = values | {name: pem_pair(values[name])[half]}
    with pytest.raises(ValidationError, match=words):
        make_settings(**values)
