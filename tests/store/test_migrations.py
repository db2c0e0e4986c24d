"""The migrations make exactly the tables that the code describes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, MetaData, String, Table, inspect, text

from store import catalog_tree, migrate
from store.database import Database
from store.migrate import config_for, upgrade, write_revision
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


def test_a_new_migration_is_numbered_and_holds_what_the_newest_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder)
    newest = max(path.stem[:4] for path in (folder / "versions").glob("0*.py"))
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    changed = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.tables.values():
        table.to_metadata(changed)
    Table("greetings", changed, Column("id", String(36), primary_key=True))
    monkeypatch.setattr("store.tables.metadata", changed)

    number = write_revision("add greetings")

    assert int(number) == int(newest) + 1
    written = (folder / "versions" / f"{number}_add_greetings.py").read_text()
    assert f"down_revision = '{newest}'" in written
    assert written.count("create_table") == 1
    assert "greetings" in written
