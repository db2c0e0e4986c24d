"""`flask notify` and `flask system`: tell people something, how the system does, its version, maintenance."""

from __future__ import annotations

from typing import get_args

import click
from flask.cli import AppGroup, with_appcontext

from realtime.contract.events import Severity
from version import VERSION
from webapp.cli.common import acting_user, console, plain_errors
from webapp.http.guards import services
from webapp.process.health import check_parts, describe

system = AppGroup("system", help="How the system does, its version, and maintenance.")

EXIT_DEGRADED = 1
SEVERITIES = get_args(Severity)


@click.command("notify")
@click.option("--all", "everybody", is_flag=True, help="Everybody, also who is not logged in.")
@click.option("--user", "email", metavar="EMAIL", help="One user.")
@click.option("--role", help="All users of a role, such as admin.")
@click.option("--severity", type=click.Choice(SEVERITIES), default="info", show_default=True)
@click.option("--link", metavar="PATH", help="Where it leads, such as /batches.")
@click.argument("title")
@click.argument("message", default="")
@with_appcontext
@plain_errors
def notify(
    everybody: bool,
    email: str | None,
    role: str | None,
    severity: Severity,
    link: str | None,
    title: str,
    message: str,
) -> None:
    """Tell somebody something: flask notify --all --severity warning TITLE MESSAGE"""
    if everybody + bool(email) + bool(role) != 1:
        raise click.UsageError("Say to whom: one of --all, --user EMAIL and --role ROLE")
    notifier = services().engine.notifier
    if everybody:
        notifier.notify_all(title, message, severity=severity, link=link)
    elif role:
        notifier.notify_role(role, title, message, severity=severity, link=link)
    else:
        notifier.notify_user(acting_user(email).id, title, message, severity=severity, link=link)
    console.print("Told.")


@system.command("status")
@click.pass_context
def show_status(context: click.Context) -> None:
    """Show how the system does; exits with 1 where a part of it is away."""
    engine = services().engine
    status = describe(engine, check_parts(engine))
    console.print(f"{status.title}. {status.message}".strip(), markup=False, highlight=False)
    for name in ("database", "redis", "workers"):
        part = getattr(status.parts, name)
        count = "" if part.count is None else f" ({part.count})"
        console.print(f"  {name:<9} {'ok' if part.ok else part.error}{count}", highlight=False)
    if not all(part.ok for part in (status.parts.database, status.parts.redis, status.parts.workers)):
        context.exit(EXIT_DEGRADED)


@system.command("version")
def show_version() -> None:
    """Show the version of Batchwire; `flask --version` shows those of Flask and Python."""
    click.echo(VERSION)


@system.command("maintenance")
@click.argument("wanted", type=click.Choice(["on", "off"]), metavar="on|off")
@click.option("--message", default="", help="What users are told; without it, something general.")
@plain_errors
def switch_maintenance(wanted: str, message: str) -> None:
    """Turn maintenance on or off: while it is on only admins start new work."""
    state = services().engine.maintenance.switch(wanted == "on", message)
    console.print(f"On: {state.message}" if state.on else "Off: new work is taken.", markup=False)
