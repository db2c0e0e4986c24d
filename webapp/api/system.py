"""`/api/system`: how the system does, for everybody, and maintenance, for admins."""

from __future__ import annotations

from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from errors import Forbidden
from webapp.api.schemas import Failure, MaintenanceRequest, SystemStatusResponse
from webapp.http.guards import BEARER, current_user, require_login, services
from webapp.process.health import check_parts, describe

api = APIBlueprint(
    "system",
    __name__,
    url_prefix="/api/system",
    abp_tags=[Tag(name="system", description="How the system does, and maintenance")],
)


@api.get("/status", responses={200: SystemStatusResponse})
def show_status() -> dict[str, Any]:
    """Tell how the system does, also to whoever is not logged in"""
    return _answer()


@api.put(
    "/maintenance",
    responses={200: SystemStatusResponse, 401: Failure, 403: Failure, 422: Failure},
    security=BEARER,
)
def switch_maintenance(body: MaintenanceRequest) -> dict[str, Any]:
    """Turn maintenance on or off: while it is on only admins start new work; for admins"""
    require_login()
    if not current_user().is_admin:
        raise Forbidden("Only admins may turn maintenance on and off")
    services().engine.maintenance.switch(body.on, body.message)
    return _answer()


def _answer() -> dict[str, Any]:
    engine = services().engine
    return SystemStatusResponse(system=describe(engine, check_parts(engine))).dump()
