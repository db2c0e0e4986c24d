"""Node's socket.io with @socket.io/redis-adapter; `node.mjs` beside this file is what it runs."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

from benchmarks.node import install_packages, node
from benchmarks.relay_system import EVENT, Relay
from benchmarks.system import Place

SCRIPT = Path(__file__).with_suffix(".mjs")


class Node(Relay):
    """With @socket.io/redis-emitter as the worker's side."""

    name, title = "node", "socket.io (Node)"

    def check(self) -> None:
        """Installs it from the lock file."""
        install_packages()

    def server(self, port: int) -> list[str]:
        """One process."""
        return [node(), str(SCRIPT), "server", str(port)]

    def emitter(self) -> list[str]:
        """The same script."""
        return [node(), str(SCRIPT), "emitter"]

    def record(self, place: Place, room: str | None, data: dict[str, Any]) -> tuple[bytes, bytes]:
        """The emitter with a Redis that prints."""
        command = [node(), str(SCRIPT), "record", room or "", EVENT, json.dumps(data)]
        environment = {**os.environ, **place.environment}
        run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        channel, message = json.loads(run.stdout)
        return channel.encode(), base64.b64decode(message)


RELAYS = [Node()]
