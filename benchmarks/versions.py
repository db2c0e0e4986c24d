"""Which versions were measured."""

from __future__ import annotations

import contextlib
import json
import platform
import re
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from local.node import node_environment
from local.redis_server import find_redis_server
from tests.servers import find_postgres

RELAY_PACKAGES = ("python-socketio", "python-engineio", "Flask-SocketIO", "eventlet", "redis")
NODE_PACKAGES = ("socket.io", "@socket.io/redis-adapter", "@socket.io/redis-emitter", "ioredis")
PACKAGES = ("celery", "redis", "SQLAlchemy", "psycopg", "rq", "dramatiq", "huey")
NODE_MODULES = Path(__file__).parent / "node_modules"


def versions() -> dict[str, str]:
    """Of what runs items, by name; what is not there is left out."""
    found = {"Python": platform.python_version(), "Redis": _of([find_redis_server(), "--version"])}
    postgres = find_postgres()
    if postgres:
        found["PostgreSQL"] = _of([str(postgres / "postgres"), "--version"])
    return found | _packages(PACKAGES) | _node_packages({"bullmq": "BullMQ"})


def relay_versions() -> dict[str, str]:
    """Of what relays events, by name; what is not there is left out."""
    found = {"Python": platform.python_version(), "Redis": _of([find_redis_server(), "--version"])}
    return found | _packages(RELAY_PACKAGES) | _node_packages({name: name for name in NODE_PACKAGES})


def _packages(names: Sequence[str]) -> dict[str, str]:
    found = {}
    for name in names:
        with contextlib.suppress(PackageNotFoundError):
            found["redis-py" if name == "redis" else name] = version(name)
    return found


def _node_packages(names: dict[str, str]) -> dict[str, str]:
    """Those that are installed of the packages, under the names that the tables give them."""
    manifests = {title: NODE_MODULES / name / "package.json" for name, title in names.items()}
    found = {
        title: str(json.loads(manifest.read_text())["version"])
        for title, manifest in manifests.items()
        if manifest.is_file()
    }
    return found | {"Node.js": _of(["node", "--version"], node_environment())} if found else {}


def _of(command: list[str], environment: dict[str, str] | None = None) -> str:
    output = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    match = re.search(r"\d+(\.\d+)+", output)
    return match[0] if match else output.strip()
