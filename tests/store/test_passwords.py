"""Passwords cost as much to guess as the library and RFC 9106 ask for; those of the tests are cheap."""

from __future__ import annotations

from typing import Literal

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from errors import InvalidInput
from store import passwords
from store.passwords import MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, hash_password, password_matches
from tests.conftest import CHEAP_HASHER
from tests.system import PASSWORD


def test_what_is_stored_costs_what_rfc_9106_recommends() -> None:
    assert extract_parameters(hash_password(PASSWORD)) == RFC_9106_LOW_MEMORY


def test_an_unknown_address_costs_as_much_as_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[Parameters] = []

    class Noting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            checked.append(extract_parameters(str(hash)))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Noting())
    assert not password_matches(None, PASSWORD)
    assert not password_matches(hash_password(PASSWORD), "another password")
    assert checked == [RFC_9106_LOW_MEMORY, RFC_9106_LOW_MEMORY]


def test_only_the_password_itself_matches() -> None:
    for stored in (hash_password(PASSWORD), CHEAP_HASHER.hash(PASSWORD)):
        assert password_matches(stored, PASSWORD)
        assert not password_matches(stored, PASSWORD.upper())
    assert not password_matches("none", PASSWORD)


@pytest.mark.parametrize("length", [MIN_PASSWORD_CHARS - 1, MAX_PASSWORD_CHARS + 1])
def test_a_password_of_a_wrong_length_is_refused(length: int) -> None:
    with pytest.raises(InvalidInput, match=f"{MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS}"):
        hash_password("x" * length)
