"""Right and wrong ways to write an operation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, assert_type

from pydantic import BaseModel
from sqlalchemy import Connection

from store.batches import BatchRow
from tasks.operation import (
    Context,
    Item,
    NoOptions,
    Operation,
    Outcome,
    Source,
    SourceRequest,
    operation,
)


class ShoutOptions(BaseModel):
    """The options that are declared."""

    mark: str = "!"


class LoudOptions(ShoutOptions):
    """Options that have more."""

    times: int = 1


class OtherOptions(BaseModel):
    """Options of something else."""

    count: int = 1


class RowFilters(BaseModel):
    """Which rows."""

    count: int = 10


class Rows(Source[RowFilters]):
    """A source that knows its filters."""

    filters = RowFilters

    def count(self, request: SourceRequest[RowFilters]) -> int | None:
        assert_type(request.filters.count, int)
        return request.filters.total  # type: ignore[attr-defined,no-any-return]

    def items(self, request: SourceRequest[RowFilters], after: str | None) -> Iterator[tuple[str, Any]]:
        yield str(request.filters.count), after


class WrongFilters(Source[RowFilters]):
    """A source that names one model and gets another."""

    filters = OtherOptions  # type: ignore[assignment]

    def count(self, request: SourceRequest[OtherOptions]) -> int | None:  # type: ignore[override]
        return request.filters.count

    def items(self, request: SourceRequest[RowFilters], after: str | None) -> Iterator[str]:  # type: ignore[override]
        yield str(request.filters.count)


def save_texts(
    connection: Connection, context: Context[ShoutOptions], outcomes: Sequence[Outcome[str]]
) -> None:
    """Saves the results of functions that take ShoutOptions and return a text."""
    assert_type(context.options, ShoutOptions)
    for outcome in outcomes:
        assert_type(outcome.result, str)


def save_anything(connection: Connection, context: Context, outcomes: Sequence[Outcome]) -> None:
    """Saves whatever comes."""


def save_nothing(connection: Connection) -> None:
    """Takes too little."""


def tell(connection: Connection, batch: BatchRow) -> list[int]:
    """What `ended=` takes."""
    return []


# All that is right.


@operation(
    "everything",
    title="Everything",
    description="All settings.",
    icon="stack",
    item_label="rows",
    options=ShoutOptions,
    source=Rows(),
    save=save_texts,
    concurrency=4,
    prepare=lambda: None,
    ended=tell,
    transient=(ConnectionError, TimeoutError),
    timeout_seconds=1.5,
    per_minute=60,
    roles=frozenset({"admin"}),
)
def everything(item: Item, options: ShoutOptions, context: Context[ShoutOptions]) -> str:
    """Takes all that there is."""
    assert_type(context.options.mark, str)
    return options.mark


@operation("plain", title="Plain")
def plain(item: Item, options: NoOptions, context: Context) -> dict[str, Any]:
    """Takes no options."""
    return {}


@operation("loose", title="Loose", options=ShoutOptions, save=save_anything)
def loose(item: Item, options: Any, context: Context) -> object:
    """Says little of its types."""
    return None


@operation("wide", title="Wide", options=LoudOptions)
def wide(item: Item, options: ShoutOptions, context: Context) -> None:
    """Takes less than it is given."""


assert_type(everything, Callable[[Item, ShoutOptions, Context[ShoutOptions]], str])


def engine(known: Operation, typed: Operation[ShoutOptions, str]) -> None:
    """What knows no operation by name names no types either."""
    assert_type(known.options, type[Any])
    assert_type(typed.options, type[ShoutOptions])
    known = typed


# The function does not fit what is declared.


@operation("other-options", title="Other options", options=ShoutOptions)  # type: ignore[arg-type]
def other_options(item: Item, options: OtherOptions, context: Context) -> str:
    return ""


@operation("more-options", title="More options", options=ShoutOptions)  # type: ignore[arg-type]
def more_options(item: Item, options: LoudOptions, context: Context) -> str:
    return ""


@operation("undeclared-options", title="Undeclared options")  # type: ignore[arg-type]
def undeclared_options(item: Item, options: ShoutOptions, context: Context) -> str:
    return ""


@operation("other-context", title="Other context", options=ShoutOptions)  # type: ignore[arg-type]
def other_context(item: Item, options: ShoutOptions, context: Context[OtherOptions]) -> str:
    return ""


@operation("no-context", title="No context", options=ShoutOptions)  # type: ignore[arg-type]
def no_context(item: Item, options: ShoutOptions) -> str:
    return ""


@operation("other-result", title="Other result", options=ShoutOptions, save=save_texts)  # type: ignore[arg-type]
def other_result(item: Item, options: ShoutOptions, context: Context) -> dict[str, Any]:
    return {}


@operation("options-of-save", title="Options of save", options=OtherOptions, save=save_texts)  # type: ignore[arg-type]
def options_of_save(item: Item, options: OtherOptions, context: Context) -> str:
    return ""


@operation("small-save", title="Small save", save=save_nothing)  # type: ignore[arg-type]
def small_save(item: Item, options: NoOptions, context: Context) -> str:
    return ""


# The settings are wrong.

operation("no-title")  # type: ignore[call-arg]
operation("no-model", title="No model", options=dict)  # type: ignore[type-var]
operation("instance", title="Instance", options=ShoutOptions())  # type: ignore[arg-type]
operation("source-class", title="Source class", source=Rows)  # type: ignore[arg-type]
operation("source-text", title="Source text", source="catalog")  # type: ignore[arg-type]
operation("rate-text", title="Rate text", per_minute="60")  # type: ignore[arg-type]
operation("limit-text", title="Limit text", timeout_seconds="1 s")  # type: ignore[arg-type]
operation("many-text", title="Many text", concurrency="many")  # type: ignore[arg-type]
operation("one-error", title="One error", transient=ConnectionError)  # type: ignore[arg-type]
operation("role-list", title="Role list", roles=["admin"])  # type: ignore[arg-type]
operation("no-list", title="No list", ended=save_nothing)  # type: ignore[arg-type]
operation("misspelt", title="Misspelt", per_minut=60)  # type: ignore[call-arg]
operation("positional", "Positional")  # type: ignore[call-arg]
