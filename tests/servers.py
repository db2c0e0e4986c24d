"""Real servers for the tests, private to one run: Redis and PostgreSQL."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from local.ports import free_port
from local.redis_server import redis_command, wait_for_redis

START_SECONDS = 60


def skip_or_fail(reason: str) -> None:
    """Skips visibly where a machine lacks something; in CI that is a failure."""
    import pytest  # Here, since the benchmarks start servers too, without pytest.

    if os.environ.get("CI"):
        pytest.fail(f"CI must have this: {reason}")
    pytest.skip(reason)


@contextmanager
def running_redis(directory: Path) -> Iterator[str]:
    """A Redis that keeps nothing on disk; gives its URL."""
    port = free_port()
    process = subprocess.Popen(redis_command(port, directory), stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"
    try:
        wait_for_redis(url)
        yield url
    finally:
        process.kill()
        process.wait()


def find_postgres() -> Path | None:
    """The folder of PostgreSQL's binaries: the newest of Debian's, else the PATH's."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parts[-3])
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@contextmanager
def running_postgres(*, fsync: bool = False) -> Iterator[str]:
    """A PostgreSQL server with nothing in it; gives the URL of its database `postgres`.

    Args:
        fsync: Whether a commit waits for the disk, as in production.
    """
    binaries = find_postgres()
    if binaries is None:
        skip_or_fail("PostgreSQL is not installed")
    assert binaries is not None
    user = _unprivileged_user()
    # Not in pytest's own folder: that is closed to other users, and PostgreSQL does not run as root.
    with tempfile.TemporaryDirectory(prefix="batchwire-postgres-") as name:
        directory = Path(name)
        if user:
            shutil.chown(directory, user)
        _make_cluster(binaries, directory, user)
        with _serving(binaries, directory, user, fsync=fsync) as url:
            yield url


def _make_cluster(binaries: Path, directory: Path, user: str | None) -> None:
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    command = [binaries / "initdb", "-D", directory / "data", *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=user, cwd="/")


@contextmanager
def _serving(binaries: Path, directory: Path, user: str | None, *, fsync: bool) -> Iterator[str]:
    port = free_port()
    options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
    options["fsync"] = "on" if fsync else "off"
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    log = directory / "postgres.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", directory / "data", *arguments],
            stdout=output,
            stderr=output,
            user=user,
            cwd="/",
        )
    try:
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        _wait_for_postgres(url, log)
        yield url
    finally:
        process.terminate()
        process.wait()


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    return None


def _wait_for_postgres(url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=1).close()
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from error
            time.sleep(0.1)
        else:
            return
