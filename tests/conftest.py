"""Fixtures that all tests share: databases, Redis, an engine, and a running system."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from hypothesis import settings as hypothesis_settings
from redis import Redis

from realtime.publish.emitter import Emitter
from settings import Settings
from store import users
from store.database import Database
from store.ids import new_id
from store.migrate import upgrade
from store.users import UserRow
from tasks.engine.batches import Batches
from tasks.engine.engine import Engine
from tasks.engine.slices import run_slice
from tests import side_by_side
from tests.servers import (
    PostgresServer,
    RedisServer,
    own_postgres,
    running_postgres,
    running_redis,
    skip_or_fail,
)
from tests.system import OPERATION_MODULES, PASSWORD, SECRET, System, environment_of

# A longer search for orders of events that break the engine: see tests/tasks/test_accounting.py.
hypothesis_settings.register_profile(
    "thorough", max_examples=2000, stateful_step_count=80, deadline=None, print_blob=True
)

# A hash says what it costs to check, so that this one is cheap for the web processes of the tests, too.
CHEAP_HASHER = PasswordHasher.from_parameters(CHEAPEST)
DATA = Path(__file__).parent / "node_modules" / "vega-datasets" / "data"


@pytest.hookimpl(tryfirst=True)  # Before tests are chosen by their marks.
def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    side_by_side.arrange(items)


@pytest.hookimpl(wrapper=True, tryfirst=True)  # Before pytest-timeout starts its clock.
def pytest_runtest_protocol(item: pytest.Function) -> Generator[None, object, object]:
    with side_by_side.turn(item):
        return (yield)


def pytest_xdist_auto_num_workers() -> int:
    return side_by_side.processes()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of the test's own, which it may kill and start again."""
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of the test's own, which it may kill and start again; `postgres` has the schema."""
    with own_postgres() as server:
        server.start()
        database = Database(_driver(server.url, "postgres"))
        upgrade(database)
        database.dispose()
        yield server


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server whose database `template_migrated` has the newest schema."""
    with running_postgres() as url:
        _execute(url, "CREATE DATABASE template_migrated")
        database = Database(_driver(url, "template_migrated"))
        upgrade(database)
        database.dispose()
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "test.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with the newest schema and nothing in it; each test runs on both kinds."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    server = request.getfixturevalue("postgres_url")
    name = f"test_{new_id().replace('-', '')}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE template_migrated")
    yield _driver(server, name)
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def user(database: Database) -> UserRow:
    return add_user(database, "owner@example.org")


@pytest.fixture
def make_settings(redis_url: str, tmp_path: Path) -> Callable[..., Settings]:
    """Settings for a test, with a channel of their own so that tests do not hear each other."""

    def make(**values: Any) -> Settings:
        defaults = {
            "app_env": "test",
            "jwt_secret": SECRET,
            "redis_url": redis_url,
            "socketio_channel": f"test-{new_id()}",
            "data_dir": tmp_path / "data",
            "operation_modules": OPERATION_MODULES,
        }
        return Settings(_env_file=None, **(defaults | values))

    return make


class Workbench:
    """An engine without Celery: messages are kept, and run when the test says so."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.messages: list[int] = []
        emitter = Emitter(settings.effective_redis_url, settings.socketio_channel)
        self.engine = Engine(settings, database, emitter, self._publish)
        self.batches = Batches(self.engine)
        self.database = database

    def _publish(self, chunk_ids: Sequence[int], priority: int) -> None:
        self.messages.extend(chunk_ids)

    def drain(self, limit: int = 10_000) -> None:
        """Runs messages until none is left."""
        for _ in range(limit):
            if not self.messages:
                return
            run_slice(self.engine, self.messages.pop(0))
        raise AssertionError(f"still {len(self.messages)} messages after {limit}")


@pytest.fixture
def make_workbench(
    make_settings: Callable[..., Settings], database: Database
) -> Iterator[Callable[..., Workbench]]:
    """Makes workbenches with settings of the test's own."""
    made: list[Workbench] = []

    def make(**values: Any) -> Workbench:
        made.append(Workbench(make_settings(**values), database))
        return made[-1]

    yield make
    for workbench in made:
        workbench.engine.close()


@pytest.fixture
def workbench(make_workbench: Callable[..., Workbench]) -> Workbench:
    return make_workbench()


@pytest.fixture
def system(redis_url: str, database_url: str, tmp_path: Path) -> Iterator[System]:
    """Web and worker processes are started by the test; `owner` and `other` can log in."""
    database = Database(database_url)
    for name in ("owner", "other"):
        add_user(database, f"{name}@example.org", PASSWORD)
    add_user(database, "admin@example.org", PASSWORD, ["admin"])
    database.dispose()
    environment = environment_of(_own_redis_database(redis_url), database_url, tmp_path / "data")
    running = System(environment, tmp_path)
    yield running
    running.stop()


@pytest.fixture
def second(system: System, tmp_path: Path) -> Iterator[System]:
    """Another web process with the same database and Redis."""
    (tmp_path / "second").mkdir()
    other = System(system.environment, tmp_path / "second")
    yield other
    other.stop()


@pytest.fixture(scope="session")
def real_files() -> Path:
    """The folder of the npm package vega-datasets, which `make test` installs."""
    if not DATA.is_dir():
        skip_or_fail("vega-datasets is not installed: npm ci in tests/")
    return DATA


_next_database = itertools.cycle(range(1, 16))


def _own_redis_database(redis_url: str) -> str:
    """Each system gets an empty Redis database of its own, so that nobody takes another's messages."""
    url = f"{redis_url.rsplit('/', 1)[0]}/{next(_next_database)}"
    with Redis.from_url(url) as client:
        client.flushdb()
    return url


def add_user(
    database: Database, email: str, password: str | None = None, roles: list[str] | None = None
) -> UserRow:
    """Stores a user; without a password nobody can log in as that user."""
    password_hash = CHEAP_HASHER.hash(password) if password else "none"
    with database.write() as connection:
        return users.add(
            connection, email=email, name=email.split("@")[0], password_hash=password_hash, roles=roles or []
        )


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _driver(url: str, name: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://").rsplit("/", 1)[0] + f"/{name}"
