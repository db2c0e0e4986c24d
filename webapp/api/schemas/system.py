"""Requests and answers of `/api/health`, `/api/ws` and `/api/system`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from realtime.contract.events import (
    PartHealth,
    SystemStatus,
    Wire,
)
from tasks.engine.maintenance import MAX_MESSAGE_CHARS as MAX_MAINTENANCE_CHARS
from webapp.api.schemas.common import Request, Success


class ConnectionStatsResponse(Success):
    """Connections over all web processes; rooms of single users and batches only for admins."""

    total_connections: int
    authenticated: int
    anonymous: int
    rooms: dict[str, int]


class LoopHealth(Wire):
    """Something that this web process does again and again by itself."""

    name: str
    last_run_at: datetime | None = Field(description="When a run of it ended last.")
    failures: int = Field(description="How many of its runs have failed since the process was started.")
    is_overdue: bool = Field(description="True where it should have run long ago.")


class LoopsHealth(Wire):
    """What this web process does by itself: all of it is done, or what is overdue."""

    ok: bool
    error: str | None
    entries: list[LoopHealth] = Field(alias="list")


class HealthResponse(Wire):
    """Whether the system can work, part by part."""

    success: bool
    status: Literal["ok", "degraded"]
    database: PartHealth
    redis: PartHealth
    workers: PartHealth
    loops: LoopsHealth


class SystemStatusResponse(Success):
    """How the system does."""

    system: SystemStatus


class MaintenanceRequest(Request):
    """Whether new work of users is refused, and what they are told."""

    on: bool
    message: str = Field("", max_length=MAX_MAINTENANCE_CHARS, description="Empty for a general one")
