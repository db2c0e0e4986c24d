"""What an operation is, and the registry of all of them.

A developer adds an operation by writing one file in `tasks/operations/`:

    class ShoutOptions(BaseModel):
        mark: str = Field("!", title="Mark", max_length=3)

    @operation("shout", title="Shout", options=ShoutOptions)
    def shout(item: Item, options: ShoutOptions, context: Context) -> dict[str, Any]:
        return {"text": str(item.data).upper() + options.mark}

It then appears in the HTTP API, in the CLI and as a form in the UI.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypedDict, Unpack

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection
from typing_extensions import TypeVar  # The one of `typing` has defaults from Python 3.13 on.

from store.batches import BatchRow
from store.database import Database
from tasks.outcomes import Item, ItemTimeout, Outcome, ResultT, WorkerLost

__all__ = [
    "ADMINS",
    "Context",
    "Item",
    "ItemError",
    "ItemTimeout",
    "NoOptions",
    "Operation",
    "OperationSettings",
    "Outcome",
    "SaveFunction",
    "Skip",
    "Source",
    "SourceRequest",
    "WorkerLost",
    "operation",
]

# For operations that only admins may start.
ADMINS = frozenset({"admin"})
NAME_PATTERN = re.compile(r"[a-z][a-z0-9_-]{0,63}")


class NoOptions(BaseModel):
    """The options model of an operation that takes none."""

    model_config = ConfigDict(extra="forbid")


# Who need not know which model it is, such as the engine, names none: `Operation`, `Context`, `Source`.
OptionsT = TypeVar("OptionsT", bound=BaseModel, default=Any)
FiltersT = TypeVar("FiltersT", bound=BaseModel, default=Any)
# Of `operation(...)`: without `options=` the function gets no options, and not just any.
ChosenOptionsT = TypeVar("ChosenOptionsT", bound=BaseModel, default=NoOptions)


class Skip(Exception):
    """Raised by an operation: nothing is to be done for this item, for the reason given."""


class ItemError(Exception):
    """Raised by an operation: this item fails, for a reason that a person can act on.

    Attributes:
        field: The input field that breaks the rule, or None.
        rule: Short name of the rule, such as `required`, or None.
        line: Line in the uploaded file, counted from 1, or None.
    """

    def __init__(
        self, message: str, *, field: str | None = None, rule: str | None = None, line: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.rule = rule
        self.line = line


@dataclass(slots=True)
class Context(Generic[OptionsT]):
    """What an operation may know about the batch that it works for.

    Attributes:
        batch_id: The batch's id.
        owner_id: The user who started it.
        options: The validated options, an instance of the operation's model.
        upload_name: What the person called the uploaded file, or None.
    """

    batch_id: str
    owner_id: str
    options: OptionsT
    upload_name: str | None = None
    stop_requested: Callable[[], bool] = field(default=lambda: False)
    was_told: bool = False

    def should_stop(self) -> bool:
        """True once the batch was paused or cancelled, or another worker took the item over.

        An item that was told so is taken as interrupted, whatever it returns then: it has no outcome, and
        runs again when the batch is resumed. Ask it between steps, at least once a second.
        """
        if self.stop_requested():
            self.was_told = True
        return self.was_told


@dataclass(frozen=True, slots=True)
class SourceRequest(Generic[FiltersT]):
    """What a source needs to know to list the items of a batch.

    Attributes:
        filters: The validated filters, an instance of the source's model; of a source without filters,
            `NoOptions`.
        options: The validated options, an instance of the operation's model.
        planned: How many items of the batch were read before, by earlier slices.
        catalog_dir: The folder of the catalog's files.
    """

    database: Database
    filters: FiltersT
    options: Any
    upload_path: Path | None = None
    upload_name: str | None = None
    planned: int = 0
    catalog_dir: Path | None = None


class Source(Protocol[FiltersT]):
    """Where the items of a batch come from, to be inherited from. One instance serves all batches.

    It names the model of its filters twice, for the type checker and for the forms:

        class CatalogSource(Source[CatalogFilters]):
            filters = CatalogFilters

    Attributes:
        input: `filters` or `file`: what the person chooses the items by.
        filters: Model of the filters, or None where there are none.
        accepted_files: File name endings, such as `.csv`; empty for `filters`.
    """

    input: str = "filters"
    filters: type[FiltersT] | None = None
    accepted_files: tuple[str, ...] = ()

    def choices(self, database: Database) -> dict[str, list[str]]:
        """What the filters' fields can choose from now, by field, for forms to offer."""
        return {}

    def count(self, request: SourceRequest[FiltersT]) -> int | None:
        """How many items there will be, or None where only reading tells."""

    def items(self, request: SourceRequest[FiltersT], after: str | None) -> Iterator[tuple[str, Any]]:
        """Pairs of key and data in a stable order, as a stream, beginning behind the key `after`.

        Raises:
            InvalidInput: The source cannot be read; the batch fails and nothing of it runs.
        """


ItemFunction = Callable[[Item, OptionsT, Context[OptionsT]], ResultT]
SaveFunction = Callable[[Connection, Context[OptionsT], Sequence[Outcome[ResultT]]], None]


@dataclass(frozen=True, slots=True)
class Operation(Generic[OptionsT, ResultT]):
    """A named, registered function that does one item.

    Attributes:
        run: Does one item; returns a JSON value, or raises.
        source: None for items that are sent along with the request.
        save: Writes the results of successful items, in the transaction that records them.
        concurrency: How many items of a slice run at the same time, in threads.
        item_label: What one item is called in the UI, in the plural.
        prepare: Called once in each worker process before the first item, to load what takes long.
        ended: Called in the transaction that ends a batch of it, in whichever way (`batch.status`), and for
            what was in hand at a cancelled one's end once more; adds events and returns their ids.
        transient: Exceptions after which an item is worth another try; subclasses count too.
        timeout_seconds: How long one item may take, or None for any time; a batch may set its own.
        per_minute: How many items may start a minute, over all batches and workers, or None for any.
        roles: Who may start a batch of it: whoever has one of these roles; empty for everybody.
    """

    name: str
    title: str
    run: ItemFunction[OptionsT, ResultT]
    options: type[OptionsT]
    description: str = ""
    icon: str = "stack"
    item_label: str = "items"
    source: Source | None = None
    save: SaveFunction[OptionsT, ResultT] | None = None
    concurrency: int = 1
    prepare: Callable[[], None] | None = None
    ended: Callable[[Connection, BatchRow], list[int]] | None = None
    transient: tuple[type[BaseException], ...] = ()
    timeout_seconds: float | None = None
    per_minute: float | None = None
    roles: frozenset[str] = frozenset()

    def may_be_started_by(self, roles: Collection[str]) -> bool:
        """True for who has these roles."""
        return not self.roles or not self.roles.isdisjoint(roles)

    @property
    def input(self) -> str:
        """`items`, `filters` or `file`."""
        return self.source.input if self.source else "items"

    def filters_schema(self, database: Database) -> dict[str, Any] | None:
        """The JSON Schema of the filters, with what there is to choose from as examples; None without any."""
        schema = as_json_schema(self.source.filters) if self.source else None
        if self.source is not None and schema is not None:
            for name, values in self.source.choices(database).items():
                schema["properties"][name]["examples"] = [values]
        return schema


class OperationSettings(TypedDict, total=False):
    """What else `operation(...)` takes: the attributes of `Operation` of these names."""

    description: str
    icon: str
    item_label: str
    source: Source | None
    concurrency: int
    prepare: Callable[[], None] | None
    ended: Callable[[Connection, BatchRow], list[int]] | None
    transient: tuple[type[BaseException], ...]
    timeout_seconds: float | None
    per_minute: float | None
    roles: frozenset[str]


_registry: dict[str, Operation] = {}


def operation(
    name: str,
    *,
    title: str,
    options: type[ChosenOptionsT] | None = None,
    save: SaveFunction[ChosenOptionsT, ResultT] | None = None,
    **settings: Unpack[OperationSettings],
) -> Callable[[ItemFunction[ChosenOptionsT, ResultT]], ItemFunction[ChosenOptionsT, ResultT]]:
    """Registers the decorated function as an operation.

    A type checker sees to it that the function takes these options and returns what `save` saves.

    Args:
        name: What the API and the CLI call it: lower case, digits, `-` and `_`.
        title: What people read.
        options: Pydantic model of the options; the UI renders its form from it. None for no options.
        save: Writes the results of successful items, in the transaction that records them.
        **settings: Further attributes of `Operation`.

    Raises:
        ValueError: The name is malformed, or taken by another function.
    """
    if not NAME_PATTERN.fullmatch(name):
        raise ValueError(f"operation name {name!r} must match {NAME_PATTERN.pattern}")
    model: type[BaseModel] = NoOptions if options is None else options

    def register(
        function: ItemFunction[ChosenOptionsT, ResultT],
    ) -> ItemFunction[ChosenOptionsT, ResultT]:
        known = _registry.get(name)
        if known and known.run.__module__ != function.__module__:
            raise ValueError(f"operation {name!r} is already defined in {known.run.__module__}")
        settings.setdefault("description", (function.__doc__ or "").strip().split("\n")[0])
        _registry[name] = Operation(
            name=name, title=title, run=function, options=model, save=save, **settings
        )
        return function

    return register


def registered(wanted: str | ItemFunction[Any, Any]) -> list[Operation]:
    """The operations of that name, or that run that function."""
    return [one for one in _registry.values() if wanted in (one.name, one.run)]


def discover(extra_modules: str = "") -> dict[str, Operation]:
    """Imports every module of `tasks.operations` and the extra ones, and returns the registry.

    Args:
        extra_modules: Comma-separated names of modules outside this project.
    """
    package = importlib.import_module("tasks.operations")
    for module in pkgutil.iter_modules(package.__path__, "tasks.operations."):
        importlib.import_module(module.name)
    for name in filter(None, (part.strip() for part in extra_modules.split(","))):
        importlib.import_module(name)
    return dict(sorted(_registry.items()))


def as_json_schema(model: type[BaseModel] | None) -> dict[str, Any] | None:
    """The JSON Schema that forms are rendered from."""
    return None if model is None else model.model_json_schema(mode="validation")
