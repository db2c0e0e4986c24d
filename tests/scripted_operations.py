"""Operations that do what their item says and note each run, for the model of the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection

from errors import InvalidInput
from store import catalog
from tasks.operation import Context, Item, NoOptions, Outcome, Skip, Source, SourceRequest, operation

# What ran since the list was cleared, as pairs of batch and position, committed or not.
RUNS: list[tuple[str, int]] = []
TRIES: Counter[tuple[str, int]] = Counter()


class Overloaded(Exception):
    """What the scripted operations declare transient."""


class ScriptFilters(BaseModel):
    """What each item does, whether the source knows how many there are, and where it breaks."""

    kinds: list[str]
    counted: bool = True
    broken_at: int | None = None


class ScriptSource(Source[ScriptFilters]):
    """The items that the filters list."""

    filters = ScriptFilters

    def count(self, request: SourceRequest[ScriptFilters]) -> int | None:
        return len(request.filters.kinds) if request.filters.counted else None

    def items(self, request: SourceRequest[ScriptFilters], after: str | None) -> Iterator[tuple[str, Any]]:
        kinds = request.filters.kinds
        for number in range(int(after) + 1 if after else 0, len(kinds)):
            if number == request.filters.broken_at:
                raise InvalidInput.of("filters", "broken", f"number {number} cannot be read")
            yield str(number), kinds[number]


def _run(item: Item, options: NoOptions, context: Context) -> str:
    """Succeeds, fails or skips; `transient` fails once, `overloaded` always, in a way worth another try."""
    place = (context.batch_id, item.position)
    RUNS.append(place)
    match item.data:
        case "fail":
            raise ValueError("as it was told to")
        case "skip":
            raise Skip("as it was told to")
        case "transient":
            TRIES[place] += 1
            if TRIES[place] == 1:
                raise Overloaded("the first time")
        case "overloaded":
            raise Overloaded("each time")
    return f"{context.batch_id}/{item.position}"


def _save(connection: Connection, context: Context, outcomes: Sequence[Outcome[str]]) -> None:
    rows = [
        {"id": one.result, "title": "made by a test", "source_batch_id": context.batch_id} for one in outcomes
    ]
    if rows:
        catalog.insert(connection, rows)


operation("scripted", title="Scripted", transient=(Overloaded,))(_run)
operation("scripted-source", title="Scripted source", transient=(Overloaded,), source=ScriptSource())(_run)
operation("scripted-saving", title="Scripted saving", transient=(Overloaded,), save=_save)(_run)
