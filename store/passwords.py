"""Passwords: hashed with Argon2id at the library's defaults, which follow RFC 9106."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from errors import InvalidInput

MIN_PASSWORD_CHARS = 10
MAX_PASSWORD_CHARS = 1000

_hasher = PasswordHasher()
# Checked where there is no user, so that an unknown address takes as long as a wrong password.
_NOBODY = _hasher.hash("nobody has this password")


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
