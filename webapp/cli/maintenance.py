"""`flask db` and `flask catalog`: the schema, and what the catalog is made of."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup

from demo.catalog import DEFAULT_COUNT, seed_catalog
from store.migrate import upgrade, write_revision
from tasks.engine.batches import BatchRequest
from tasks.operations.catalog_files import ADD, RELOAD
from tasks.operations.catalog_index import REINDEX
from tasks.sources.folder import files_in
from webapp.cli.batch import watch_to_the_end
from webapp.cli.common import console, plain_errors, starting_user, user_option
from webapp.http.guards import services

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
def write_migration(message: str) -> None:
    """Write a migration from the difference between the tables and the newest migration."""
    console.print(f"Wrote migration {write_revision(message)}: read it before anybody runs it.")


@catalog.command("seed")
@click.option("--count", default=DEFAULT_COUNT, show_default=True, type=click.IntRange(1, 10_000_000))
def seed(count: int) -> None:
    """Fill an empty catalog with functions of an imaginary ERP system."""
    stored = seed_catalog(services().engine.database, count)
    console.print(
        f"Stored {stored:,} nodes." if stored else "There is a catalog already; nothing was changed."
    )


@catalog.command("reload")
@click.argument("files", nargs=-1)
@click.option("--no-wait", is_flag=True, help="Start it and return at once.")
@user_option
@plain_errors
def reload(files: tuple[str, ...], no_wait: bool, email: str | None) -> None:
    """Load all files of the catalog's folder and delete what none of them holds; or load only FILES."""
    _start_files(RELOAD, files, email, no_wait=no_wait)


@catalog.command("add-files")
@click.argument("files", nargs=-1)
@click.option("--no-wait", is_flag=True, help="Start it and return at once.")
@user_option
@plain_errors
def add_files(files: tuple[str, ...], no_wait: bool, email: str | None) -> None:
    """Add to the catalog what FILES of its folder say, by default all; nothing is deleted."""
    _start_files(ADD, files, email, no_wait=no_wait)


@catalog.command("reindex")
@click.option("--no-wait", is_flag=True, help="Start it and return at once.")
@user_option
@plain_errors
def reindex(no_wait: bool, email: str | None) -> None:
    """Make anew what the search looks through, for nodes of which that is out of date."""
    _start(REINDEX, {}, email, no_wait=no_wait)


def _start_files(operation: str, files: tuple[str, ...], email: str | None, *, no_wait: bool) -> None:
    files_in(services().settings.effective_catalog_dir, list(files))
    _start(operation, {"files": list(files)}, email, no_wait=no_wait)


def _start(operation: str, filters: dict[str, Any], email: str | None, *, no_wait: bool) -> None:
    user = starting_user(email)
    batch = services().batches.create(user.id, BatchRequest(operation=operation, filters=filters))
    console.print(f"Started {batch.name} as [bold]{batch.id}[/bold]", highlight=False)
    if not no_wait:
        watch_to_the_end(batch.id)
