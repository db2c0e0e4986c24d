"""Operations that only the tests need; their worker processes get this module by OPERATION_MODULES."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from errors import InvalidInput
from store import catalog
from tasks.operation import (
    Context,
    Item,
    ItemError,
    NoOptions,
    Outcome,
    Skip,
    Source,
    SourceRequest,
    operation,
)


class SleepOptions(BaseModel):
    """How long an item takes."""

    seconds: float = Field(0.005, ge=0, le=60)


class RangeFilters(BaseModel):
    """How many items."""

    count: int = Field(10, ge=0)
    broken_at: int | None = None
    counted: bool = True
    item_bytes: int = 0
    odd_keys: bool = False


class RangeSource(Source[RangeFilters]):
    """Numbers from 0; fails at one of them if asked to."""

    filters = RangeFilters

    def count(self, request: SourceRequest[RangeFilters]) -> int | None:
        return request.filters.count if request.filters.counted else None

    def items(self, request: SourceRequest[RangeFilters], after: str | None) -> Iterator[tuple[str, Any]]:
        for number in range(int(after) + 1 if after else 0, request.filters.count):
            if number == request.filters.broken_at:
                raise InvalidInput.of("filters", "broken", f"number {number} cannot be read")
            size = request.filters.item_bytes
            key = f"odd \x00 {number} {'x' * 300}" if request.filters.odd_keys else str(number)
            yield key, "x" * size if size else None


@operation("noop", title="No-op", source=RangeSource())
def noop(item: Item, options: NoOptions, context: Context) -> None:
    """Does nothing."""


@operation("sleep", title="Sleep", options=SleepOptions)
def sleep(item: Item, options: SleepOptions, context: Context) -> dict[str, Any]:
    """Takes its time and returns its item."""
    time.sleep(options.seconds)
    return {"value": item.data}


@operation("sleep-together", title="Sleep together", options=SleepOptions, concurrency=8)
def sleep_together(item: Item, options: SleepOptions, context: Context) -> dict[str, Any]:
    """Like sleep, eight at a time."""
    time.sleep(options.seconds)
    return {"value": item.data}


@operation("patient", title="Patient")
def patient(item: Item, options: NoOptions, context: Context) -> str:
    """Works for a minute unless it is told to stop."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if context.should_stop():
            return "stopped"
        time.sleep(0.05)
    return "finished"


@operation("mixed", title="Mixed")
def mixed(item: Item, options: NoOptions, context: Context) -> Any:
    """Succeeds, fails, skips or returns nonsense, as its item says."""
    match item.data:
        case "fail":
            raise ItemError(
                f"row {item.position} is wrong", field="name", rule="required", line=item.position
            )
        case "crash":
            raise RuntimeError(f"boom {item.position} \x00 \ud800")
        case "skip":
            raise Skip("nothing to do")
        case "unserialisable":
            return {"value": object()}
        case "lone":
            return {"value": "\ud800"}
        case "huge":
            return "x" * 1_000_000
    return {"echo": item.data}


def _save_nodes(connection: Connection, context: Context, outcomes: Sequence[Outcome[str]]) -> None:
    for outcome in outcomes:
        catalog.insert(connection, [{"id": outcome.result, "title": outcome.result}])


@operation("insert", title="Insert", save=_save_nodes)
def insert(item: Item, options: NoOptions, context: Context) -> str:
    """Makes a catalog node of its item; a second one of that id breaks the key."""
    return str(item.data)


class FirstTryOptions(BaseModel):
    """Where it is kept what was tried."""

    file: str
    seconds: float = Field(0.0, ge=0, le=60)


@operation("second-time-lucky", title="Second time lucky", options=FirstTryOptions)
def second_time_lucky(item: Item, options: FirstTryOptions, context: Context) -> str:
    """Notes each try in the file; an item called `fail...` succeeds at its second try only."""
    path = Path(options.file)
    name = str(item.data)
    is_first = not path.is_file() or name not in path.read_text().splitlines()
    with path.open("a") as file:
        file.write(f"{name}\n")
    time.sleep(options.seconds)
    if is_first and name.startswith("fail"):
        raise ItemError(f"{name} was tried for the first time", field="name", rule="second")
    return name
