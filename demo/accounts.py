"""The accounts that exist in local mode only."""

from __future__ import annotations

from settings import Settings
from store import users
from store.database import Database
from store.passwords import hash_password

# E-mail address, password, name, roles.
DEMO_ACCOUNTS: tuple[tuple[str, str, str, list[str]], ...] = (
    ("demo@batchwire.local", "demo-batchwire", "Dana Demo", []),
    ("second@batchwire.local", "second-batchwire", "Sam Second", []),
    ("admin@batchwire.local", "admin-batchwire", "Ada Admin", ["admin"]),
)


def seed_accounts(settings: Settings, database: Database) -> int:
    """Makes the demo accounts that do not exist yet; returns how many it made.

    Raises:
        RuntimeError: This is not local mode, where such accounts would be an open door.
    """
    if settings.app_env != "local":
        raise RuntimeError("Demo accounts are made in local mode only (APP_ENV=local)")
    made = 0
    for email, password, name, roles in DEMO_ACCOUNTS:
        with database.read() as connection:
            if users.by_email(connection, email):
                continue
        password_hash = hash_password(password)
        with database.write() as connection:
            users.add(connection, email=email, name=name, password_hash=password_hash, roles=roles)
        made += 1
    return made
