"""`/api/health` and `/api/ws/stats`: how the system does."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_openapi3 import APIBlueprint, Tag

from errors import AuthenticationFailed
from realtime.sessions.tokens import bearer_token, verify
from webapp.api.schemas import ConnectionStatsResponse, HealthResponse
from webapp.http.guards import services
from webapp.process.health import check_parts, failing_parts

api = APIBlueprint(
    "status", __name__, url_prefix="/api", abp_tags=[Tag(name="status", description="How the system does")]
)


@api.get("/health", responses={200: HealthResponse, 503: HealthResponse})
def health() -> tuple[dict[str, Any], int]:
    """Tell whether the database, Redis and the workers are there"""
    parts = check_parts(services().engine)
    is_ok = not failing_parts(parts)
    answer = HealthResponse(
        success=is_ok,
        status="ok" if is_ok else "degraded",
        database=parts.database,
        redis=parts.redis,
        workers=parts.workers,
    )
    return answer.dump(), 200 if is_ok else 503


@api.get("/ws/stats", responses={200: ConnectionStatsResponse})
def connection_stats() -> dict[str, Any]:
    """Count connections and rooms over all web processes"""
    totals = services().connections.totals(include_private=_asked_by_admin())
    return {"success": True, **totals}


def _asked_by_admin() -> bool:
    token = bearer_token(request.headers.get("Authorization", ""))
    if not token:
        return False
    try:
        return verify(services().settings, token).is_admin
    except AuthenticationFailed:
        return False
