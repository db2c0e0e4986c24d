"""`flask users`: create and list the people who can log in."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from rich.table import Table

from errors import InvalidInput
from store import users
from webapp.cli.common import console, plain_errors
from webapp.guards import services
from webapp.passwords import hash_password

users_group = AppGroup("users", help="Create and list users.")


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
    table = Table("Id", "E-mail", "Name", "Roles", box=None, pad_edge=False)
    for user in found:
        table.add_row(user.id, user.email, user.name, ", ".join(user.roles) or "–")
    console.print(table if found else "No users: create one with `flask users create EMAIL`.")
