"""Real servers for the tests, private to one run: Redis and PostgreSQL."""

from __future__ import annotations

import os
import pwd
import selectors
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis

from local.redis_server import redis_command, wait_for_redis
from tests.ports import own_port

START_SECONDS = 60


def skip_or_fail(reason: str) -> None:
    """Skips visibly where a machine lacks something; in CI that is a failure."""
    import pytest  # Here, since the benchmarks start servers too, without pytest.

    if os.environ.get("CI"):
        pytest.fail(f"CI must have this: {reason}")
    pytest.skip(reason)


class RedisServer:
    """A Redis that keeps nothing on disk; it can be killed and started again on its port."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = own_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and returns once it answers."""
        command = redis_command(self.port, self.directory)
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_for_redis(self.url)

    def kill(self) -> None:
        """Ends it as a crash would; everything in it is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the running server: SIGSTOP makes it hang, SIGCONT go on."""
        assert self._process is not None
        self._process.send_signal(number)

    def flush(self) -> None:
        """Deletes everything in it."""
        with Redis.from_url(self.url) as client:
            client.flushall()


@contextmanager
def running_redis(directory: Path) -> Iterator[str]:
    """A Redis that keeps nothing on disk; gives its URL."""
    server = RedisServer(directory)
    try:
        server.start()
        yield server.url
    finally:
        server.kill()


def find_postgres() -> Path | None:
    """The folder of PostgreSQL's binaries: the newest of Debian's, else the PATH's."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parts[-3])
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


class PostgresServer:
    """A PostgreSQL server with a data folder of its own; it can be killed and started again on its port.

    Args:
        fsync: Whether a commit waits for the disk, as in production. What was committed outlives a kill
            either way; it only matters when the machine dies.
    """

    def __init__(self, binaries: Path, directory: Path, *, fsync: bool = False) -> None:
        self.port = own_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self._binaries = binaries
        self._directory = directory
        self._fsync = fsync
        self._user = _unprivileged_user()
        self._process: subprocess.Popen[bytes] | None = None
        if self._user:
            shutil.chown(directory, self._user)
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        command = [binaries / "initdb", "-D", directory / "data", *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=self._user, cwd="/")

    def start(self) -> None:
        """Starts it and returns once it answers."""
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "on" if self._fsync else "off",
        }
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        log = self._directory / "postgres.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._directory / "data", *arguments],
                stdout=output,
                stderr=output,
                user=self._user,
                cwd="/",
            )
        _wait_for_postgres(self.url, log)

    def stop(self) -> None:
        """Ends it in an orderly way: open transactions are rolled back."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """Ends it at once, without a checkpoint, as a crash would; it recovers when it starts again."""
        self._end(signal.SIGQUIT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None


@contextmanager
def own_postgres(*, fsync: bool = False) -> Iterator[PostgresServer]:
    """A PostgreSQL server that is not running yet."""
    binaries = find_postgres()
    if binaries is None:
        skip_or_fail("PostgreSQL is not installed")
    assert binaries is not None
    # Not in pytest's own folder: that is closed to other users, and PostgreSQL does not run as root.
    with tempfile.TemporaryDirectory(prefix="batchwire-postgres-") as name:
        server = PostgresServer(binaries, Path(name), fsync=fsync)
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def running_postgres(*, fsync: bool = False) -> Iterator[str]:
    """A PostgreSQL server with nothing in it; gives the URL of its database `postgres`.

    Args:
        fsync: Whether a commit waits for the disk, as in production.
    """
    with own_postgres(fsync=fsync) as server:
        server.start()
        yield server.url


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


class Cable:
    """Connections to a port that can be cut as a broken network does: nothing comes, and nobody is told."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._sockets: dict[socket.socket, socket.socket] = {}
        self._is_open = True
        self._lock = threading.Lock()
        self._selector.register(self._server, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def cut(self) -> None:
        """Lets every connection fall silent; new ones work."""
        with self._lock:
            for one in list(self._sockets):
                if one in self._selector.get_map():
                    self._selector.unregister(one)

    def close(self) -> None:
        """Closes all connections."""
        self._is_open = False
        self._thread.join()
        for one in (self._server, *self._sockets):
            one.close()
        self._selector.close()

    def _run(self) -> None:
        while self._is_open:
            for key, _ in self._selector.select(0.05):
                with self._lock:
                    if key.fileobj is self._server:
                        self._accept()
                    elif key.fd in self._selector.get_map():
                        self._pass_on(key.fileobj)

    def _accept(self) -> None:
        client, _ = self._server.accept()
        try:
            target = socket.create_connection(("127.0.0.1", self._target))
        except OSError:
            client.close()
            return
        for one, other in ((client, target), (target, client)):
            self._sockets[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _pass_on(self, one: Any) -> None:
        other = self._sockets[one]
        try:
            data = one.recv(65536)
            other.sendall(data)
        except OSError:
            data = b""
        if not data:
            for end in (one, other):
                if end in self._selector.get_map():
                    self._selector.unregister(end)
                self._sockets.pop(end)
                end.close()
