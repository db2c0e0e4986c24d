"""`/api/health`, `/api/ws/stats`, `/api/system`: how the system does, for everybody; and maintenance."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_openapi3 import APIBlueprint, Tag

from errors import AuthenticationFailed
from realtime.sessions.tokens import bearer_token, verify
from store.clock import to_datetime_or_none
from supervisor import Supervisor
from webapp.api.schemas.common import Failure
from webapp.api.schemas.system import (
    ConnectionStatsResponse,
    HealthResponse,
    LoopHealth,
    LoopsHealth,
    MaintenanceRequest,
    SystemStatusResponse,
)
from webapp.http.guards import BEARER, require_admin, services
from webapp.process.health import check_parts, describe, failing_parts

api = APIBlueprint(
    "system",
    __name__,
    url_prefix="/api",
    abp_tags=[Tag(name="system", description="How the system does, and maintenance")],
)


@api.get("/health", responses={200: HealthResponse, 503: HealthResponse})
def health() -> tuple[dict[str, Any], int]:
    """Tell whether the database, Redis and the workers are there, and this process does all that it should"""
    engine = services().engine
    parts, loops = check_parts(engine), _loops(engine.supervisor)
    is_ok = loops.ok and not failing_parts(parts)
    answer = HealthResponse(
        success=is_ok,
        status="ok" if is_ok else "degraded",
        database=parts.database,
        redis=parts.redis,
        workers=parts.workers,
        loops=loops,
    )
    return answer.dump(), 200 if is_ok else 503


@api.get("/ws/stats", responses={200: ConnectionStatsResponse})
def connection_stats() -> dict[str, Any]:
    """Count connections and rooms over all web processes"""
    totals = services().connections.totals(include_private=_asked_by_admin())
    return {"success": True, **totals}


@api.get("/system/status", responses={200: SystemStatusResponse})
def show_status() -> dict[str, Any]:
    """Tell how the system does, also to whoever is not logged in"""
    return _status()


@api.put(
    "/system/maintenance",
    responses={200: SystemStatusResponse, 401: Failure, 403: Failure, 422: Failure},
    security=BEARER,
)
def switch_maintenance(body: MaintenanceRequest) -> dict[str, Any]:
    """Turn maintenance on or off: while it is on only admins start new work; for admins"""
    require_admin()
    services().engine.maintenance.switch(body.on, body.message)
    return _status()


def _status() -> dict[str, Any]:
    engine = services().engine
    return SystemStatusResponse(system=describe(engine, check_parts(engine))).dump()


def _loops(supervisor: Supervisor) -> LoopsHealth:
    """Names and times alone: anybody may ask, and errors are for admins."""
    reports = supervisor.reports()
    overdue = [report.name for report in reports if report.is_overdue]
    return LoopsHealth(
        ok=not overdue,
        error=f"Overdue: {', '.join(overdue)}" if overdue else None,
        list=[
            LoopHealth(
                name=report.name,
                last_run_at=to_datetime_or_none(report.last_run_ms),
                failures=report.failures,
                is_overdue=report.is_overdue,
            )
            for report in reports
        ],
    )


def _asked_by_admin() -> bool:
    token = bearer_token(request.headers.get("Authorization", ""))
    if not token:
        return False
    try:
        return verify(services().settings, token).is_admin
    except AuthenticationFailed:
        return False
