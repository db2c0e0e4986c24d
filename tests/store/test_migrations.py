"""The migrations make exactly the tables that the code describes."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from store.database import Database
from store.migrate import config_for, upgrade
from store.tables import metadata


def test_migrations_and_tables_agree(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrations_can_be_taken_back_and_made_again(database: Database) -> None:
    command.downgrade(config_for(database), "base")
    with database.read() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    upgrade(database)
    upgrade(database)
    with database.read() as connection:
        assert "batches" in inspect(connection).get_table_names()
