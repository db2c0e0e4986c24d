"""One database, SQLite or PostgreSQL, behind two kinds of transaction: `read` and `write`."""

from __future__ import annotations

import itertools
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

# How long a writer waits for others to finish on SQLite, and how long for a connection of the pool.
BUSY_SECONDS = 30.0

# Readers on SQLite wait in very rare cases only, such as while a crash is being recovered from.
SQLITE_READ_TIMEOUT_SECONDS = 5
# A commit takes a few milliseconds, so who waits looks often at first; SQLite's own pauses grow faster.
SQLITE_PAUSES_MS = (*(0.3,) * 40, 1, 2, 5, 10, 20, 50)
SQLITE_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}

# A server that is gone is noticed within seconds, when connecting and on an open connection alike.
# Source: postgresql.org/docs/current/libpq-connect.html, section 34.1.2.
POSTGRESQL_CONNECT = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


def is_away(error: BaseException) -> bool:
    """True where the database cannot be used just now, and the same may succeed later."""
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in SQLITE_AWAY  # The upper bits say more about the kind.
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


class Database:
    """Connections of one process to the database.

    It connects on first use and again after a fork, so that a child never shares a parent's connection.

    Args:
        busy_seconds: How long to wait for other writers on SQLite, and for a free connection.
    """

    def __init__(self, url: str, busy_seconds: float = BUSY_SECONDS) -> None:
        self.url = make_url(url)
        self._busy_seconds = busy_seconds
        self._engine: Engine | None = None
        self._engine_pid = 0

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.url.get_backend_name()

    @property
    def engine(self) -> Engine:
        """The SQLAlchemy engine of this process."""
        if self._engine is None or self._engine_pid != os.getpid():
            if self._engine is not None:
                self._engine.dispose(close=False)
            self._engine = self._connect()
            self._engine_pid = os.getpid()
        return self._engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads: one consistent view, never waiting for writers on SQLite."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes; commits at the end of the block, rolls back on an exception.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE): a transaction that reads first and
        writes later would otherwise fail, not wait, when another process wrote in between.
        Source: sqlite.org/lang_transaction.html, section 2.2.
        """
        connection = self.engine.connect().execution_options(batchwire_write=True)
        with connection, connection.begin():
            yield connection

    def dispose(self) -> None:
        """Closes all connections."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _connect(self) -> Engine:
        arguments: dict[str, Any] = {"json_serializer": _dump_json, "json_deserializer": orjson.loads}
        arguments |= {"pool_size": 10, "max_overflow": 20, "pool_timeout": self._busy_seconds}
        if self.dialect == "postgresql":
            return create_engine(self.url, pool_pre_ping=True, connect_args=POSTGRESQL_CONNECT, **arguments)
        if self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(self.url, connect_args={"timeout": SQLITE_READ_TIMEOUT_SECONDS}, **arguments)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", self._begin_sqlite)
        return engine

    def _begin_sqlite(self, connection: Connection) -> None:
        if connection.get_execution_options().get("batchwire_write", False):
            self._wait_for_write_lock(connection)
        else:
            connection.exec_driver_sql("BEGIN")

    def _wait_for_write_lock(self, connection: Connection) -> None:
        """Begins a writing transaction, waiting for other writers.

        It waits here and not in SQLite, which would stop all green threads of a web process.
        """
        deadline = time.monotonic() + self._busy_seconds
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute("PRAGMA busy_timeout = 0")
        try:
            for tries in itertools.count():
                try:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                    return
                except OperationalError as error:
                    if not is_away(error) or time.monotonic() > deadline:
                        raise
                time.sleep(SQLITE_PAUSES_MS[min(tries, len(SQLITE_PAUSES_MS) - 1)] / 1000)
        finally:
            driver.execute(f"PRAGMA busy_timeout = {SQLITE_READ_TIMEOUT_SECONDS * 1000}")


def _dump_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # We begin transactions ourselves, in `_begin_sqlite`.
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    # In WAL mode NORMAL cannot corrupt the file; a power cut may lose the last commits, whose items
    # then run again. Source: sqlite.org/pragma.html#pragma_synchronous.
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA cache_size = -32000")
    cursor.close()
