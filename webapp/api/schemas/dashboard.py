"""Answers of `/api/dashboard`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from realtime.contract.events import (
    DashboardUpdate,
    Metrics,
)
from webapp.api.schemas.common import Success


class DashboardResponse(Success):
    """How the whole system does; sums only."""

    metrics: Metrics
    timestamp: datetime
    history: list[DashboardUpdate] = Field(
        description="One a second while somebody watched, the oldest first"
    )
    widgets: dict[str, dict[str, Any]] = Field(description="What each widget shows, by its id")
