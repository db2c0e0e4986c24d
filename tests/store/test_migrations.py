"""The migrations make exactly the tables that the code describes."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from store import catalog_tree
from store.database import Database
from store.migrate import config_for, upgrade
from store.tables import metadata


def test_migrations_and_tables_agree(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_catalog_from_before_the_search_text_is_found_after_the_upgrade(database: Database) -> None:
    command.downgrade(config_for(database), "0006")
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO catalog_nodes (id, title, kind, tags, meta, created_ms, updated_ms)"
                " VALUES ('hr.Pay', 'Run payroll', 'process', '[]', '{}', 1, 1)"
            )
        )
    upgrade(database)
    with database.read() as connection:
        found, _ = catalog_tree.search(connection, "PAYROLL hr.pay", None, None, 0, 10)
    assert [row.id for row in found] == ["hr.Pay"]


def test_migrations_can_be_taken_back_and_made_again(database: Database) -> None:
    command.downgrade(config_for(database), "base")
    with database.read() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    upgrade(database)
    upgrade(database)
    with database.read() as connection:
        assert "batches" in inspect(connection).get_table_names()
