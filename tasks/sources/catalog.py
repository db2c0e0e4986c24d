"""Catalog nodes as items: those that filters choose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from store import catalog
from store.catalog import NodeFilter
from store.database import Database
from tasks.operation import NoOptions, Source, SourceRequest


class CatalogFilters(BaseModel):
    """Which functions of the catalog; without any filter, all of them."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    areas: list[str] = Field(
        [],
        title="Business areas",
        description="Only functions of these areas; none chosen means all.",
        max_length=50,
    )
    kinds: list[str] = Field(
        [],
        title="Kinds",
        description="Only functions of these kinds; none chosen means all.",
        max_length=50,
    )
    parent: str | None = Field(
        None,
        title="Below",
        description="Only functions below this node of the tree.",
        max_length=200,
    )
    q: str = Field(
        "",
        title="Text",
        description="Only functions that a search for this finds: in id, title, description and tags.",
        max_length=200,
        pattern=r"^[^\x00]*$",
    )
    only_missing: bool = Field(
        False, title="Only without annotation", description="Leave out what was annotated before."
    )
    limit: int | None = Field(
        None, title="At most", description="Stop after this many functions.", ge=1, le=10_000_000
    )


class CatalogSource(Source[CatalogFilters]):
    """Streams nodes by id, and restarts behind any id."""

    filters = CatalogFilters

    def choices(self, database: Database) -> dict[str, list[str]]:
        """The areas and kinds of the catalog that is there."""
        with database.read() as connection:
            return {"areas": catalog.areas_in_use(connection), "kinds": catalog.kinds_in_use(connection)}

    def count(self, request: SourceRequest[CatalogFilters]) -> int | None:
        """How many nodes the filters choose now."""
        with request.database.read() as connection:
            number = catalog.count(connection, _as_filter(request.filters))
        limit = request.filters.limit
        return number if limit is None else min(number, limit)

    def items(self, request: SourceRequest[CatalogFilters], after: str | None) -> Iterator[tuple[str, Any]]:
        """The node's id as key; what there is to know about it as data."""
        limit = request.filters.limit
        left = limit if limit is not None else float("inf")
        left -= request.planned
        for row in catalog.stream(request.database, _as_filter(request.filters), after):
            if left <= 0:
                return
            left -= 1
            yield (
                row.id,
                {
                    "title": row.title,
                    "kind": row.kind,
                    "area": row.area,
                    "tags": row.tags,
                    "description": row.description,
                    "meta": row.meta,
                    "annotated": row.annotated_ms is not None,
                },
            )


class NodeIdSource(Source[NoOptions]):
    """Streams the ids of all nodes, folders included."""

    def count(self, request: SourceRequest[NoOptions]) -> int | None:
        """How many nodes there are now."""
        with request.database.read() as connection:
            return catalog.count(connection)

    def items(self, request: SourceRequest[NoOptions], after: str | None) -> Iterator[tuple[str, Any]]:
        """The node's id as key, and no data."""
        for node_id in catalog.stream_ids(request.database, after):
            yield node_id, None


def _as_filter(filters: CatalogFilters) -> NodeFilter:
    return NodeFilter(
        areas=filters.areas,
        kinds=filters.kinds,
        parent=filters.parent or None,
        text=filters.q.strip(),
        only_missing=filters.only_missing,
    )
