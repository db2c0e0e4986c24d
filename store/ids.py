"""Identifiers that sort by the time they were made."""

from uuid_utils import uuid7


def new_id() -> str:
    """A UUID version 7 as text. Source: RFC 9562, section 5.7."""
    return str(uuid7())
