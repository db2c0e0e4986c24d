"""Requests and answers of `/api/functions`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from realtime.contract.events import (
    Wire,
)
from webapp.api.schemas.common import MAX_PAGE, Request, Success


class CatalogFilesRequest(Request):
    """Which files of the catalog's folder."""

    files: list[str] = Field([], max_length=1000, description="Their names; none means all of them")


class Area(Wire):
    """A business area of the catalog."""

    id: str
    title: str
    count: int


class AreasResponse(Success):
    """The business areas of the catalog."""

    areas: list[Area]


class ChildrenQuery(Request):
    """Which part of a list of nodes."""

    offset: int = Field(default=0, ge=0, le=1_000_000)
    limit: int = Field(default=MAX_PAGE, ge=1, le=MAX_PAGE)


class NodePath(BaseModel):
    """A node of the catalog."""

    node_id: str = Field(min_length=1, max_length=200)


class NodeSummary(Wire):
    """A node in a list."""

    id: str
    title: str
    kind: str
    area: str | None
    children: int = Field(default=0, description="How many nodes are right below it; lists of a tree only")


class NodesResponse(Success):
    """Nodes by their titles."""

    nodes: list[NodeSummary]
    has_more: bool


class Breadcrumb(Wire):
    """A node on the way from the top."""

    id: str
    title: str


class NodeResponse(Success):
    """A node with what is known of it, and the way to it from the top."""

    id: str
    title: str
    kind: str
    area: str | None
    description: str | None
    tags: list[str]
    meta: dict[str, Any]
    keywords: list[str] | None
    summary: str | None
    business_area: str | None
    pii: str | None
    complexity: str | None
    quality: float | None
    annotated_at: datetime | None
    breadcrumbs: list[Breadcrumb]


class SearchQuery(ChildrenQuery):
    """What to look for; area and kind narrow it."""

    q: str = Field(default="", max_length=200)
    area: str | None = Field(default=None, max_length=200)
    kind: str | None = Field(default=None, max_length=50)
    limit: int = Field(default=50, ge=1, le=MAX_PAGE)


class SearchResponse(Success):
    """What was found, by title."""

    nodes: list[NodeSummary]
    total: int
    facets: dict[str, dict[str, int]] = Field(description="How many of all found are of each area and kind")
