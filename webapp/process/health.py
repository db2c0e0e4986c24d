"""How the system does: whether its parts are there, and what people are told about it."""

from __future__ import annotations

from datetime import UTC, datetime

from redis import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from realtime.contract.events import PartHealth, Parts, SystemStatus
from realtime.publish import heartbeats
from store.ids import new_id
from tasks.engine.engine import Engine
from tasks.engine.maintenance import OFF

# What a part that is away means for somebody who uses the page, the gravest first.
CONSEQUENCES = {
    "database": "The database does not answer. Nothing can be shown or started until it is back.",
    "redis": "Redis does not answer. Batches and live updates may wait until it is back.",
    "workers": "No worker is running. Batches wait until one is back.",
}


def check_parts(engine: Engine) -> Parts:
    """Looks whether the database, Redis and the workers are there."""
    redis, workers = _redis_and_workers(engine)
    return Parts(database=_database(engine), redis=redis, workers=workers)


def failing_parts(parts: Parts) -> list[str]:
    """The names of the parts that are not there, the gravest first."""
    return [name for name in CONSEQUENCES if not getattr(parts, name).ok]


def describe(engine: Engine, parts: Parts) -> SystemStatus:
    """What people are told."""
    try:
        maintenance = engine.maintenance.current()
    except SQLAlchemyError:
        maintenance = OFF  # It is not known; what matters then is that the database is away.
    status = {"id": new_id(), "parts": parts, "timestamp": datetime.now(UTC)}
    failing = failing_parts(parts)
    if maintenance.on:
        return SystemStatus(
            status="maintenance",
            severity="warning",
            title="Maintenance",
            message=maintenance.message,
            **status,  # type: ignore[arg-type]
        )
    if failing:
        return SystemStatus(
            status="degraded",
            severity="error",
            title="Something does not work",
            message=CONSEQUENCES[failing[0]],
            **status,  # type: ignore[arg-type]
        )
    return SystemStatus(status="ok", severity="info", title="Everything works", message="", **status)  # type: ignore[arg-type]


def _database(engine: Engine) -> PartHealth:
    try:
        with engine.database.read() as connection:
            connection.execute(text("SELECT 1"))
        return PartHealth(ok=True)
    except SQLAlchemyError as error:
        return PartHealth(ok=False, error=f"The database does not answer ({type(error).__name__})")


def _redis_and_workers(engine: Engine) -> tuple[PartHealth, PartHealth]:
    emitter = engine.emitter
    try:
        emitter.redis.ping()
        count = len(heartbeats.alive(emitter.redis, emitter.channel, "worker"))
    except RedisError as error:
        unknown = PartHealth(ok=False, error="Not known while Redis is away")
        return PartHealth(ok=False, error=f"Redis does not answer ({type(error).__name__})"), unknown
    if count == 0:
        return PartHealth(ok=True), PartHealth(ok=False, count=0, error="No worker is running")
    return PartHealth(ok=True), PartHealth(ok=True, count=count)
