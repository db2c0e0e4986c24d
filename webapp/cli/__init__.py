"""The `flask` commands, from batches to the catalog, and what `flask shell` offers."""

from __future__ import annotations

from typing import Any

from flask import Flask

from webapp.cli import control  # noqa: F401  It adds its commands to the group `batch`.
from webapp.cli.batch import batch
from webapp.cli.emit import emit
from webapp.cli.maintenance import catalog, db
from webapp.cli.system import notify, system
from webapp.cli.users import users_group
from webapp.services import Services


def register(app: Flask) -> None:
    """Puts the commands on the app."""
    for group in (batch, users_group, system, notify, emit, db, catalog):
        app.cli.add_command(group)

    @app.shell_context_processor
    def shell_context() -> dict[str, Any]:
        services: Services = app.extensions["batchwire"]
        emitter, notifier = services.engine.emitter, services.engine.notifier
        return {
            "batches": services.batches,
            "broadcast": emitter.broadcast,
            "to_room": emitter.to_room,
            "to_user": emitter.to_user,
            "notify_user": notifier.notify_user,
            "notify_role": notifier.notify_role,
            "notify_all": notifier.notify_all,
            "alert": notifier.alert,
            "database": services.engine.database,
            "settings": services.settings,
        }
