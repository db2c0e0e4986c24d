"""`/api/health` and `/api/ws/stats`: how the system does."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_openapi3 import APIBlueprint, Tag
from redis import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from errors import AuthenticationFailed
from realtime import presence
from realtime.events import PartHealth
from realtime.tokens import bearer_token, verify
from webapp.guards import services
from webapp.schemas import ConnectionStatsResponse, HealthResponse

api = APIBlueprint(
    "status", __name__, url_prefix="/api", abp_tags=[Tag(name="status", description="How the system does")]
)


@api.get("/health", responses={200: HealthResponse, 503: HealthResponse})
def health() -> tuple[dict[str, Any], int]:
    """Tell whether the database, Redis and the workers are there"""
    database, redis, workers = _database(), *_redis_and_workers()
    is_ok = database.ok and redis.ok and workers.ok
    status = "ok" if is_ok else "degraded"
    answer = HealthResponse(success=is_ok, status=status, database=database, redis=redis, workers=workers)  # type: ignore[arg-type]
    return answer.dump(), 200 if is_ok else 503


@api.get("/ws/stats", responses={200: ConnectionStatsResponse})
def connection_stats() -> dict[str, Any]:
    """Count connections and rooms over all web processes"""
    totals = services().connections.totals(include_private=_asked_by_admin())
    return {"success": True, **totals}


def _database() -> PartHealth:
    try:
        with services().engine.database.read() as connection:
            connection.execute(text("SELECT 1"))
        return PartHealth(ok=True)
    except SQLAlchemyError as error:
        return PartHealth(ok=False, error=f"The database does not answer ({type(error).__name__})")


def _redis_and_workers() -> tuple[PartHealth, PartHealth]:
    emitter = services().engine.emitter
    try:
        emitter.redis.ping()
        count = len(presence.alive(emitter.redis, emitter.channel, "worker"))
    except RedisError as error:
        unknown = PartHealth(ok=False, error="Not known while Redis is away")
        return PartHealth(ok=False, error=f"Redis does not answer ({type(error).__name__})"), unknown
    if count == 0:
        return PartHealth(ok=True), PartHealth(ok=False, count=0, error="No worker is running")
    return PartHealth(ok=True), PartHealth(ok=True, count=count)


def _asked_by_admin() -> bool:
    token = bearer_token(request.headers.get("Authorization", ""))
    if not token:
        return False
    try:
        return verify(services().settings, token).is_admin
    except AuthenticationFailed:
        return False
