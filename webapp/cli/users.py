"""`flask users`: create and list the people who can log in, and shut them out."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from rich.table import Table

from errors import InvalidInput
from store import users
from store.passwords import hash_password
from webapp.cli.common import console, plain_errors
from webapp.http.guards import services

users_group = AppGroup("users", help="Create and list users, and shut them out.")


@users_group.command("create")
@click.argument("email")
@click.option("--name", default="", help="What to call them; default: the address.")
@click.option("--role", "roles", multiple=True, help="A role, such as admin; repeatable.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@plain_errors
def create(email: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """Create a user; the password is asked for."""
    if "@" not in email.strip("@"):
        raise InvalidInput.of("email", "email", "is not an e-mail address")
    password_hash = hash_password(password)
    with services().engine.database.write() as connection:
        user = users.add(
            connection, email=email, name=name or email, password_hash=password_hash, roles=list(roles)
        )
    console.print(f"Created {user.email} as {user.id}", highlight=False)


@users_group.command("list")
def list_users() -> None:
    """List all users."""
    with services().engine.database.read() as connection:
        found = users.everybody(connection)
    table = Table("Id", "E-mail", "Name", "Roles", "State", box=None, pad_edge=False)
    for user in found:
        state = "disabled" if user.disabled else "enabled"
        table.add_row(user.id, user.email, user.name, ", ".join(user.roles) or "–", state)
    console.print(table if found else "No users: create one with `flask users create EMAIL`.")


@users_group.command("disable")
@click.argument("email")
@plain_errors
def disable(email: str) -> None:
    """Shut a user out: all logins and connections end within two seconds."""
    _set_disabled(email, disabled=True)
    console.print(f"Disabled {email}", highlight=False)


@users_group.command("enable")
@click.argument("email")
@plain_errors
def enable(email: str) -> None:
    """Let a user in again."""
    _set_disabled(email, disabled=False)
    console.print(f"Enabled {email}", highlight=False)


def _set_disabled(email: str, *, disabled: bool) -> None:
    with services().engine.database.write() as connection:
        users.set_disabled(connection, email, disabled)
