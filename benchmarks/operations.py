"""The operations that the engine is measured with: one does nothing, one is busy for two milliseconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, Field

from benchmarks.work import work
from tasks.operation import Context, Item, NoOptions, Source, SourceRequest, operation


class CountFilters(BaseModel):
    """How many items."""

    count: int = Field(100_000, ge=0)


class Numbers(Source[CountFilters]):
    """The numbers from 0."""

    filters = CountFilters

    def count(self, request: SourceRequest[CountFilters]) -> int | None:
        """As many as asked for."""
        return request.filters.count

    def items(self, request: SourceRequest[CountFilters], after: str | None) -> Iterator[tuple[str, Any]]:
        """The number as key, no data."""
        first = int(after) + 1 if after else 0
        return ((str(number), None) for number in range(first, request.filters.count))


@operation("benchmark-noop", title="Benchmark: no-op", source=Numbers())
def noop(item: Item, options: NoOptions, context: Context) -> None:
    """Does nothing."""


@operation("benchmark-busy", title="Benchmark: two busy milliseconds", source=Numbers())
def busy(item: Item, options: NoOptions, context: Context) -> None:
    """Keeps the processor busy for two milliseconds."""
    work("busy")
