"""Batchwire's own web process; run as a module it is the worker's side."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from benchmarks.client import Client, batchwire_environment
from benchmarks.relay_system import EVENT, ROOM, Relay
from benchmarks.relays.emitting import emit_on_request
from benchmarks.system import Place
from realtime.publish.emitter import Emitter
from settings import Settings

CONNECTIONS = "100000"


class Batchwire(Relay):
    """With all that it does: limits, statistics, numbered events, an eye on slow clients."""

    name, title = "batchwire", "Batchwire"

    @contextmanager
    def prepare(self, place: Place) -> Iterator[Place]:
        """An empty SQLite database."""
        database_url = f"sqlite:///{place.directory / 'batchwire.db'}"
        environment = batchwire_environment(place.redis_url, database_url, place.directory)
        environment |= {"SOCKET_MAX_PER_ADDRESS": CONNECTIONS}
        client = Client(environment)
        client.migrate()
        client.close()
        yield replace(place, environment=environment)

    def server(self, port: int) -> list[str]:
        """As the Procfile starts it."""
        return ["env", f"PORT={port}", sys.executable, "-m", "webapp"]

    def emitter(self) -> list[str]:
        """This module."""
        return [sys.executable, "-m", __name__]

    def record(self, place: Place, room: str | None, data: dict[str, Any]) -> tuple[bytes, bytes]:
        """What the emitter would publish."""
        emitter = _emitter(place.redis_url)
        return emitter.channel.encode(), emitter.form(EVENT, data, room)


def _emitter(redis_url: str) -> Emitter:
    settings = Settings(_env_file=None, app_env="test", redis_url=redis_url)
    return Emitter(settings.effective_redis_url, settings.socketio_channel)


RELAYS = [Batchwire()]

if __name__ == "__main__":
    emitter = _emitter(os.environ["REDIS_URL"])
    emit_on_request(lambda data: emitter.to_room(ROOM, EVENT, data))
