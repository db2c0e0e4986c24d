"""Batchwire as the benchmarks use it: from outside, through `Batches` and the channel of the events."""

from __future__ import annotations

import time
from pathlib import Path
from uuid import uuid4

from redis.client import PubSub

from settings import Settings
from store import users
from store.migrate import upgrade
from tasks.broker import create_celery, create_engine
from tasks.engine.batches import Batches, BatchRequest

MAX_SECONDS = 30


def batchwire_environment(redis_url: str, database_url: str, directory: Path) -> dict[str, str]:
    """The settings that a benchmark runs with; all others are the defaults."""
    return {
        "APP_ENV": "test",
        "REDIS_URL": redis_url,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(directory / "data"),
        "OPERATION_MODULES": "benchmarks.operations",
    }


class Client:
    """A process that creates batches and looks at them."""

    def __init__(self, environment: dict[str, str]) -> None:
        values = {name.lower(): value for name, value in environment.items()}
        settings = Settings(_env_file=None, **values)
        self.engine = create_engine(settings, create_celery(settings))
        self.batches = Batches(self.engine)
        self.redis = self.engine.emitter.redis

    def migrate(self) -> None:
        """Brings the database to the newest schema."""
        upgrade(self.engine.database)

    def add_user(self) -> str:
        """Stores a user; returns the id."""
        with self.engine.database.write() as connection:
            email = f"{uuid4().hex}@example.org"
            return users.add(connection, email=email, name="bench", password_hash="", roles=[]).id

    def start(self, user_id: str, operation: str, **filters: int) -> str:
        """Starts a batch; returns its id."""
        return self.batches.create(user_id, BatchRequest(operation=operation, filters=filters)).id

    def wait_for_end(self, batch_id: str) -> None:
        """Returns once the batch has ended."""
        deadline = time.monotonic() + MAX_SECONDS
        while not self.batches.get(batch_id).is_terminal:
            if time.monotonic() > deadline:
                raise TimeoutError(f"batch {batch_id} has not ended after {MAX_SECONDS} s")
            time.sleep(0.01)

    def listen(self) -> PubSub:
        """Hears all events from now on."""
        pubsub = self.redis.pubsub(ignore_subscribe_messages=True)
        pubsub.subscribe(self.engine.emitter.channel)
        pubsub.get_message(timeout=1)
        return pubsub

    def close(self) -> None:
        """Closes all connections."""
        self.engine.close()
