"""`flask emit`: send an event to connected clients, as the web process and the workers do."""

from __future__ import annotations

import click
import orjson
from flask.cli import with_appcontext

from errors import InvalidInput
from webapp.cli.common import acting_user, console, plain_errors
from webapp.http.guards import services


@click.command("emit")
@click.option("--room", help="A room, such as dashboard.")
@click.option("--user", "email", metavar="EMAIL", help="All connections of one user.")
@click.argument("event")
@click.argument("data", default="{}")
@with_appcontext
@plain_errors
def emit(room: str | None, email: str | None, event: str, data: str) -> None:
    """Send EVENT with DATA, a JSON object, to a room, to a user, or without either to everybody.

    It reaches who is connected now; what must not be lost is told with `flask notify`.
    """
    if room and email:
        raise click.UsageError("Say one of --room and --user, or neither")
    try:
        payload = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise InvalidInput.of("data", "json", f"is no JSON ({error})") from error
    if not isinstance(payload, dict):
        raise InvalidInput.of("data", "object", "must be a JSON object")
    emitter = services().engine.emitter
    if room:
        emitter.to_room(room, event, payload)
    elif email:
        emitter.to_user(acting_user(email).id, event, payload)
    else:
        emitter.broadcast(event, payload)
    console.print("Sent.")
