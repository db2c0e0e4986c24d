"""One database, SQLite or PostgreSQL, behind two kinds of transaction: `read` and `write`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

BUSY_TIMEOUT_SECONDS = 30


class Database:
    """Connections of one process to the database.

    It connects on first use and again after a fork, so that a child never shares a parent's connection.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
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
        if self.dialect == "postgresql":
            return create_engine(self.url, pool_pre_ping=True, pool_size=10, max_overflow=20, **arguments)
        if self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(self.url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS}, **arguments)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine


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


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("batchwire_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
