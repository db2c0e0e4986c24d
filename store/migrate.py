"""Brings a database to the newest schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

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
