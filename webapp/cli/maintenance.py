"""`flask db` and `flask catalog`: the schema and the demo catalog."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from store.migrate import config_for, upgrade
from tasks.demo_catalog import DEFAULT_COUNT, seed_catalog
from webapp.cli.common import console
from webapp.guards import services

db = AppGroup("db", help="The database's schema.")
catalog = AppGroup("catalog", help="The catalog of functions.")


@db.command("upgrade")
@click.argument("revision", default="head")
def upgrade_database(revision: str) -> None:
    """Bring the database to the newest schema, or to REVISION."""
    upgrade(services().engine.database, revision)
    console.print("The database is up to date.")


@db.command("revision")
@click.argument("message")
def write_revision(message: str) -> None:
    """Write a migration from the difference between tables and database."""
    from alembic import command

    command.revision(config_for(services().engine.database), message=message, autogenerate=True)


@catalog.command("seed")
@click.option("--count", default=DEFAULT_COUNT, show_default=True, type=click.IntRange(1, 10_000_000))
def seed(count: int) -> None:
    """Fill an empty catalog with functions of an imaginary ERP system."""
    stored = seed_catalog(services().engine.database, count)
    console.print(
        f"Stored {stored:,} nodes." if stored else "There is a catalog already; nothing was changed."
    )
