"""Placeholder until the catalog's queries land."""
from sqlalchemy import Connection


def areas(connection: Connection) -> list[dict[str, object]]:
    """None yet."""
    return []
