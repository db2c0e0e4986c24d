"""Brings a database to the newest schema."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from store.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def config_for(database: Database) -> Config:
    """The Alembic configuration that works on this database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database"] = database
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Runs the migrations that are missing; does nothing where there are none."""
    command.upgrade(config_for(database), revision)


def write_revision(message: str) -> str:
    """Writes the migration that makes the tables of the code from those of the newest migration.

    It looks at a database of its own, so that nothing depends on what the one of this machine holds.

    Returns:
        Its number, the next one.
    """
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/newest.db")
        try:
            upgrade(database)
            config = config_for(database)
            newest = ScriptDirectory.from_config(config).get_current_head() or "0"
            number = f"{int(newest) + 1:04}"
            command.revision(config, message, autogenerate=True, rev_id=number)
        finally:
            database.dispose()
    return number
