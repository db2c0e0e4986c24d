"""`/api/functions`: the catalog."""

from __future__ import annotations

from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from store import catalog
from webapp.guards import BEARER, require_login, services
from webapp.schemas import Area, AreasResponse, Failure

api = APIBlueprint(
    "functions",
    __name__,
    url_prefix="/api/functions",
    abp_tags=[Tag(name="functions", description="The catalog of ERP functions")],
    abp_security=BEARER,
    abp_responses={401: Failure},
)
api.before_request(require_login)


@api.get("/areas", responses={200: AreasResponse})
def list_areas() -> dict[str, Any]:
    """List the business areas with how many functions each has"""
    with services().engine.database.read() as connection:
        areas = [Area(**area) for area in catalog.areas(connection)]
    return AreasResponse(areas=areas).dump()
