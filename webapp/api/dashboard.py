"""`/api/dashboard`: the metrics that the dashboard begins with; the socket brings what follows."""

from __future__ import annotations

from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from webapp.api.schemas.common import Failure
from webapp.api.schemas.dashboard import DashboardResponse
from webapp.http.guards import BEARER, require_login, services

api = APIBlueprint(
    "dashboard",
    __name__,
    url_prefix="/api/dashboard",
    abp_tags=[Tag(name="dashboard", description="How the whole system does")],
    abp_security=BEARER,
    abp_responses={401: Failure, 503: Failure},
)
api.before_request(require_login)


@api.get("/metrics", responses={200: DashboardResponse})
def current_metrics() -> dict[str, Any]:
    """Tell the metrics of this moment, and of the last minutes in which somebody watched"""
    found = services().dashboard.snapshot()
    return DashboardResponse(
        metrics=found.now.metrics,
        timestamp=found.now.timestamp,
        history=found.history,
        widgets=found.widgets,
    ).dump()
