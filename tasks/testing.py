"""Runs an operation over items as the engine does, for the tests of its author.

    from tasks.testing import run

    def test_shouting() -> None:
        (loud,) = run(shout, ["hello"], options={"mark": "?"})
        assert loud.result == {"text": "HELLO?"}

No Celery, no Redis and, unless the operation itself asks for one, no database. The request is checked, items
run, are tried again and time out, and results become text, all by what does it in a worker; nothing waits for
the pauses between two tries. What concerns several batches or processes is left out: roles, rates, `ended`,
and items that end their process.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypedDict, Unpack

import orjson
from sqlalchemy import Connection

from settings import Settings
from store import chunks
from store.clock import now_ms
from store.database import Database
from store.leases import ITEMS, Lease, Payload
from store.states import ItemOutcome
from tasks.engine.commits import lease_after
from tasks.engine.planning import MAX_KEY_CHARS
from tasks.engine.requests import BatchRequest, key_of, to_values
from tasks.engine.saving import encode_results, save_results
from tasks.items.retries import RetryPolicy
from tasks.items.running import Runner
from tasks.operation import Context, ItemFunction, NoOptions, Operation, SourceRequest, registered
from tasks.outcomes import Outcome, Tally, clean_text

__all__ = ["ItemOutcome", "Recorded", "Surroundings", "run"]

# The defaults of every limit, whatever the environment of the tests says.
SETTINGS = Settings.model_construct()


class Surroundings(TypedDict, total=False):
    """What `run` may be given besides the items, and what few operations need.

    Attributes:
        connection: Where `save` writes, in a transaction of the test's own.
        database: Where the source looks for items.
        catalog_dir: The folder of the catalog's files.
        batch_id: What `context` says of the batch.
        owner_id: What `context` says of its owner.
    """

    connection: Connection
    database: Database
    catalog_dir: Path
    batch_id: str
    owner_id: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is recorded of an item.

    Attributes:
        outcome: None if it has none: the batch was stopped before the item began, or the item was told so.
        result: What the operation returned, and `save` made of it, as it comes back from JSON.
        error: Type and message, where it failed or was skipped; of an `ItemError` field, rule and line; and
            `attempts` where it failed for good after several.
        tries: How often it ran.
        duration_ms: How long it took, the last time.
    """

    position: int
    key: str
    outcome: ItemOutcome | None = None
    result: Any = None
    error: dict[str, Any] | None = None
    tries: int = 0
    duration_ms: float = 0.0


def run(
    operation: Operation | ItemFunction[Any, Any] | str,
    items: Sequence[Any] | None = None,
    *,
    options: Mapping[str, Any] | None = None,
    filters: Mapping[str, Any] | None = None,
    file: Path | None = None,
    stop_after: int | None = None,
    timeout_seconds: float | None = None,
    retry_attempts: int | None = None,
    **surroundings: Unpack[Surroundings],
) -> list[Recorded]:
    """Runs a batch of an operation to its end, or until it is stopped.

    Args:
        operation: The decorated function, the operation, or its name.
        items: JSON values, for operations without a source.
        options: As they are sent to the API, like the filters.
        filters: For operations whose source has filters.
        file: For operations whose source reads a file.
        stop_after: How often `context.should_stop()` says no, to all items together, before it says yes as
            for a batch that pauses; None for never.
        timeout_seconds: How long an item may take; None for the operation's own limit. As in a worker, only
            the main thread can be interrupted.
        retry_attempts: How often an item is tried again after a transient error; None for 3 where the
            operation names such errors.
        **surroundings: What few operations need, see `Surroundings`.

    Returns:
        One for each item, in the order of the items.

    Raises:
        InvalidInput: The engine would refuse the batch, or its source cannot be read.
        ValueError: The operation is not registered, or needs a connection or a database that is not given.
    """
    found = _find(operation)
    connection = surroundings.get("connection")
    if found.save and connection is None:
        raise ValueError(f"{found.name} saves its results: give run() a `connection` with a transaction")
    request = BatchRequest(
        operation=found.name,
        items=None if items is None else list(items),
        filters=None if filters is None else dict(filters),
        options=dict(options or {}),
        upload_path=file,
        upload_name=None if file is None else file.name,
        retry_attempts=retry_attempts,
        timeout_ms=None if timeout_seconds is None else math.ceil(timeout_seconds * 1000),
    )
    values = to_values(request, found, SETTINGS)
    chosen = found.options.model_validate(values["options"])
    pairs = _read(found, values, chosen, request, surroundings)
    if not pairs:
        return []
    clock, stop = _Clock(), _Stop(stop_after)
    context = _Context(
        surroundings.get("batch_id", "batch"),
        surroundings.get("owner_id", "owner"),
        chosen,
        request.upload_name,
        stop.is_requested,
        asked=stop.count,
    )
    limit = found.timeout_seconds if timeout_seconds is None else timeout_seconds
    runner = Runner(found, context, _retries(found, values["retry_attempts"], clock), limit)
    if found.prepare:
        _prepare(found.prepare)
    return _run(runner, _lease(pairs), clock, connection)


def _run(runner: Runner, lease: Lease, clock: _Clock, connection: Connection | None) -> list[Recorded]:
    """Goes on, as a worker does from commit to commit, until each item has an outcome."""
    tries: Counter[int] = Counter()
    last: dict[int, Outcome] = {}
    keys = [key for key, _ in lease.items]
    while not lease.is_finished and not runner.context.stop_requested():
        clock.skip_to(lease.next_due_ms(clock.now()))
        outcomes = runner.run(lease, math.inf)
        encode_results(outcomes, SETTINGS.max_result_bytes)
        if runner.operation.save and connection is not None:
            save_results(connection, runner.operation.save, runner.context, outcomes)
            encode_results(outcomes, SETTINGS.max_result_bytes)
        tries.update(one.item.position for one in outcomes)
        last |= {one.item.position: one for one in outcomes}
        lease = lease_after(lease, outcomes, Tally.of(outcomes))
    return [_record(position, key, last.get(position), tries[position]) for position, key in enumerate(keys)]


def _record(position: int, key: str, outcome: Outcome | None, tries: int) -> Recorded:
    duration_ms = 0.0 if outcome is None else outcome.duration_us / 1000
    if outcome is None or not outcome.is_final:
        return Recorded(position, key, tries=tries, duration_ms=duration_ms)
    return Recorded(
        position,
        key,
        ItemOutcome.of(outcome.kind),
        None if outcome.encoded is None else orjson.loads(outcome.encoded),
        None if outcome.error is None else orjson.loads(orjson.dumps(outcome.error)),
        tries,
        duration_ms,
    )


def _find(operation: Operation | ItemFunction[Any, Any] | str) -> Operation:
    if isinstance(operation, Operation):
        return operation
    found = registered(operation)
    if not found:
        raise ValueError(f"{operation!r} is no operation: decorate it with @operation(...)")
    if len(found) > 1:
        names = ", ".join(one.name for one in found)
        raise ValueError(f"several operations run {operation!r}: give run() one of the names {names}")
    return found[0]


def _read(
    operation: Operation,
    values: dict[str, Any],
    options: Any,
    request: BatchRequest,
    surroundings: Surroundings,
) -> list[tuple[str, Any]]:
    """The items as pairs of key and data: those of the request, or those that the source finds."""
    source = operation.source
    if source is None:
        return [(key_of(item, index), item) for index, item in enumerate(request.items or [])]
    asked = SourceRequest(
        database=surroundings.get("database", _NO_DATABASE),
        filters=(source.filters or NoOptions).model_validate(values["filters"] or {}),
        options=options,
        upload_path=request.upload_path,
        upload_name=request.upload_name,
        catalog_dir=surroundings.get("catalog_dir"),
    )
    source.count(asked)
    return [(clean_text(key, MAX_KEY_CHARS), data) for key, data in source.items(asked, None)]


def _retries(operation: Operation, attempts: int, clock: _Clock) -> RetryPolicy:
    base, most = SETTINGS.retry_base_seconds, SETTINGS.retry_max_seconds
    return RetryPolicy(attempts, operation.transient, base, most, clock.now)


def _lease(pairs: list[tuple[str, Any]]) -> Lease:
    """All items in one chunk, encoded as the database holds it."""
    block = chunks.encode(pairs)
    return Lease(
        chunk_id=0,
        batch_id="",
        kind=ITEMS,
        first=0,
        size=block.size,
        done=0,
        fence=0,
        payload=Payload(block.payload),
    )


@cache
def _prepare(prepare: Callable[[], None]) -> None:
    """Calls it once in this process, as a worker does."""
    prepare()


class _Clock:
    """The time, with the pauses left out."""

    def __init__(self) -> None:
        self._skipped_ms = 0

    def now(self) -> int:
        return now_ms() + self._skipped_ms

    def skip_to(self, due_ms: int | None) -> None:
        if due_ms is not None:
            self._skipped_ms += max(0, due_ms - self.now())


class _Stop:
    """Whether the batch is stopped: once its items, in any of its threads, have asked so many times."""

    def __init__(self, after: int | None) -> None:
        self._after = after
        self._asked = itertools.count()
        self._is_requested = False

    def count(self) -> None:
        if self._after is not None and next(self._asked) >= self._after:
            self._is_requested = True

    def is_requested(self) -> bool:
        return self._is_requested


@dataclass(slots=True)
class _Context(Context):
    """Tells when an item asks, which the runner itself does too."""

    asked: Callable[[], None] = field(default=lambda: None)

    def should_stop(self) -> bool:
        """Counts, then asks."""
        self.asked()
        return Context.should_stop(self)


class _NoDatabase:
    """In place of a database that was not given."""

    def __getattr__(self, name: str) -> Any:
        raise ValueError("the source looks into a database: give run() a `database`")


_NO_DATABASE: Any = _NoDatabase()
