"""Passwords: hashed with Argon2id at the library's defaults, which follow RFC 9106."""

from __future__ import annotations

from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.low_level import ARGON2_VERSION

from errors import InvalidInput

MIN_PASSWORD_CHARS = 10
MAX_PASSWORD_CHARS = 1000

_hasher = PasswordHasher()


def _hash_of_nothing() -> str:
    """A hash that costs as much to check as any other, and nothing to make: each process starts with it."""
    salt, tag = (b64encode(bytes(size)).decode().rstrip("=") for size in (_hasher.salt_len, _hasher.hash_len))
    costs = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${tag}"


# Checked where there is no user, so that an unknown address takes as long as a wrong password.
_NOBODY = _hash_of_nothing()


def hash_password(password: str) -> str:
    """The hash to store.

    Raises:
        InvalidInput: The password is too short or too long.
    """
    if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
        message = f"must have {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS} characters"
        raise InvalidInput.of("password", "length", message)
    return _hasher.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """True if the password is the one that was hashed; None stands for a user that does not exist."""
    try:
        return _hasher.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (Argon2Error, InvalidHashError):
        return False
