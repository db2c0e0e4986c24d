"""Which versions were measured."""

from __future__ import annotations

import json
import platform
import re
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from local.node import node_environment
from local.redis_server import find_redis_server
from tests.servers import find_postgres

PACKAGES = ("celery", "redis", "SQLAlchemy", "psycopg", "rq", "dramatiq", "huey")
BULLMQ = Path(__file__).parent / "node_modules" / "bullmq" / "package.json"


def versions() -> dict[str, str]:
    """By name; what is not there is left out."""
    found = {"Python": platform.python_version(), "Redis": _of([find_redis_server(), "--version"])}
    postgres = find_postgres()
    if postgres:
        found["PostgreSQL"] = _of([str(postgres / "postgres"), "--version"])
    for package in PACKAGES:
        try:
            found["redis-py" if package == "redis" else package] = version(package)
        except PackageNotFoundError:
            continue
    if BULLMQ.is_file():
        found["BullMQ"] = json.loads(BULLMQ.read_text())["version"]
        found["Node.js"] = _of(["node", "--version"], node_environment())
    return found


def _of(command: list[str], environment: dict[str, str] | None = None) -> str:
    output = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    match = re.search(r"\d+(\.\d+)+", output)
    return match[0] if match else output.strip()
