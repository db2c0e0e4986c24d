"""What several commands need: the services, the acting user, errors as one line."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click
from rich.console import Console

from demo.accounts import DEMO_ACCOUNTS
from errors import BatchwireError, InvalidInput
from store import users
from store.batches import BatchRow
from store.users import UserRow
from webapp.http.guards import services, visible_batch

P = ParamSpec("P")
R = TypeVar("R")
E = TypeVar("E", bound=StrEnum)

console = Console()


class OneOf(click.Choice[E]):
    """A member of an enum, called as on the wire and not as in the code."""

    def __init__(self, choices: type[E]) -> None:
        super().__init__(list(choices))

    def normalize_choice(self, choice: object, ctx: click.Context | None) -> str:
        """The value of a member, and what the person typed as it is."""
        return str(choice)


user_option = click.option(
    "--user", "email", metavar="EMAIL", help="On whose behalf; default: CLI_USER, or the demo user locally."
)


def plain_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Lets a command end with one line where something is wrong with what it was given."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except InvalidInput as error:
            lines = [f"{field.field}: {field.message}" for field in error.fields]
            raise click.ClickException("\n       ".join(lines) or error.message) from error
        except BatchwireError as error:
            raise click.ClickException(error.message) from error

    return wrapped


def acting_user(email: str | None) -> UserRow:
    """The user on whose behalf a command acts.

    Raises:
        click.ClickException: Nobody was named, or there is no such user.
    """
    settings = services().settings
    email = email or settings.cli_user
    if not email and settings.app_env == "local":
        email = DEMO_ACCOUNTS[0][0]
    if not email:
        raise click.ClickException("Say on whose behalf: --user EMAIL, or the setting CLI_USER")
    with services().engine.database.read() as connection:
        user = users.by_email(connection, email)
    if user is None:
        raise click.ClickException(f"There is no user {email}; `flask users list` shows them")
    return user


def starting_user(email: str | None) -> UserRow:
    """The acting user, if that user may start new work now; raises like `acting_user`.

    Raises:
        UnderMaintenance: New work is not taken just now.
    """
    user = acting_user(email)
    services().engine.maintenance.check_may_start(user)
    return user


def own_batch(batch_id: str, email: str | None) -> BatchRow:
    """The batch, if the acting user may see it; raises like `acting_user` and `visible_batch`."""
    return visible_batch(acting_user(email), batch_id)


def parse_pairs(pairs: tuple[str, ...], schema: dict[str, Any] | None, what: str) -> dict[str, Any]:
    """`name=value` arguments as an object, by the types of a JSON Schema.

    A field that is a list may be given several times, or once with commas.
    """
    properties = (schema or {}).get("properties", {})
    values: dict[str, Any] = {}
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator or not name:
            raise click.ClickException(f"--{what} {pair!r}: write it as name=value")
        if name not in properties:
            known = ", ".join(properties) or "none"
            raise click.ClickException(f"--{what} {name}: there is no such {what}; known are: {known}")
        if properties[name].get("type") == "array":
            values.setdefault(name, []).extend(part.strip() for part in text.split(",") if part.strip())
        else:
            values[name] = text
    return values


def choices_of(field: dict[str, Any]) -> list[str]:
    """What a field of a JSON Schema that is a list offers to choose from."""
    if field.get("type") != "array":
        return []
    return [str(value) for values in field.get("examples", []) for value in values]
