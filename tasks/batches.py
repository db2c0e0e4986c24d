"""Creating and controlling batches: what HTTP, the CLI and a Flask shell call."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection

from errors import Conflict, FieldError, InvalidInput, NotFound
from realtime import outbox
from realtime.events import BATCH_CANCELLED, BATCH_CREATED
from realtime.presentation import to_batch
from store import batches, chunks, events
from store.batches import BatchRow
from store.clock import now_ms
from store.ids import new_id
from tasks.commits import finish
from tasks.engine import Engine
from tasks.operation import NoOptions, Operation
from tasks.planning import chunk_size, drop_upload

logger = logging.getLogger(__name__)

MAX_NAME_CHARS = 200
MAX_DESCRIPTION_CHARS = 2000
MAX_KEY_CHARS = 200


@dataclass(kw_only=True)
class BatchRequest:
    """What a person asks for.

    Attributes:
        items: For operations whose input is `items`: the JSON values themselves.
        filters: For operations whose input is `filters`: which things to choose.
        upload_path: For operations whose input is `file`: where the upload was stored.
        max_parallel: How many chunks run at the same time at most; None for the setting.
    """

    operation: str
    items: list[Any] | None = None
    filters: dict[str, Any] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    upload_path: Path | None = None
    upload_name: str | None = None
    name: str = ""
    description: str = ""
    max_parallel: int | None = None


class Batches:
    """The service that makes and controls batches."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, owner_id: str, request: BatchRequest) -> BatchRow:
        """Stores a batch, tells its owner and sends it to the workers.

        Raises:
            InvalidInput: The request breaks a rule; nothing was stored.
        """
        operation = self._engine.operation(request.operation)
        _check_input(operation, request, self._engine.settings.max_inline_items)
        options = validate(operation.options, request.options, "options")
        filters = None
        if operation.source is not None and operation.source.input == "filters":
            filters = validate(operation.source.filters or NoOptions, request.filters or {}, "filters")
        values = {
            "id": new_id(),
            "owner_id": owner_id,
            "operation": operation.name,
            "name": request.name.strip() or _default_name(operation, request),
            "description": request.description,
            "options": options,
            "filters": filters,
            "upload_name": request.upload_name,
            "upload_path": str(request.upload_path) if request.upload_path else None,
            "max_parallel": request.max_parallel or self._engine.settings.max_parallel,
        }
        return self._store(values, request.items)

    def get(self, batch_id: str) -> BatchRow:
        """The batch of that id.

        Raises:
            NotFound: There is none.
        """
        with self._engine.database.read() as connection:
            return _found(batches.get(connection, batch_id), batch_id)

    def cancel(self, batch_id: str) -> BatchRow:
        """Ends a batch; what was committed stays, and what is in hand is told to stop.

        Raises:
            NotFound: There is no such batch.
            Conflict: It has ended already in another way.
        """
        engine = self._engine
        with engine.database.write() as connection:
            batch = _found(batches.lock(connection, batch_id), batch_id)
            if batch.status == "cancelled":
                return batch
            if batch.is_terminal:
                raise Conflict(f"The batch is {batch.status} and can no longer be cancelled")
            chunks.release_queued(connection, batch_id)
            batch = finish(connection, batch, "cancelled", message="")
            event_id = _add_event(connection, batch, BATCH_CANCELLED)
        drop_upload(batch)
        outbox.deliver(engine.database, engine.emitter, [event_id])
        return batch

    def _store(self, values: dict[str, Any], items: list[Any] | None) -> BatchRow:
        engine = self._engine
        with engine.database.write() as connection:
            if items is None:
                values |= {"status": "pending", "phase": "waiting"}
                batch = batches.add(connection, values)
                queued = [chunks.add_plan(connection, batch.id)]
            else:
                now = now_ms()
                values |= {"status": "running", "phase": "running", "total": len(items)}
                values |= {"planned": len(items), "started_ms": now}
                values |= {"rate_ms": now, "rate_start_ms": now}
                batch = batches.add(connection, values)
                size = chunk_size(len(items), batch.max_parallel, engine.settings.chunk_items)
                pairs = [(_key_of(item, index), item) for index, item in enumerate(items)]
                blocks = (pairs[start : start + size] for start in range(0, len(pairs), size))
                chunks.add_items(connection, batch.id, 0, blocks)
                queued = chunks.dispatch(connection, batch.id, batch.max_parallel)
            event_id = _add_event(connection, batch, BATCH_CREATED)
        outbox.deliver(engine.database, engine.emitter, [event_id])
        engine.publish(queued)
        return batch


def validate(model: type[BaseModel], values: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The values as the model sees them, defaults filled in, as JSON.

    Raises:
        InvalidInput: Names each field, as `<prefix>.<field>`, and its rule.
    """
    try:
        return model.model_validate(values).model_dump(mode="json", by_alias=True)
    except ValidationError as error:
        raise InvalidInput(*describe_validation(error, prefix)) from error


def describe_validation(error: ValidationError, prefix: str) -> tuple[str, list[FieldError]]:
    """One sentence, and each broken rule with the dotted path of its field."""
    problems = []
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        path = ".".join(str(part) for part in (prefix, *problem["loc"]) if part != "")
        message = problem["msg"].removeprefix("Value error, ")
        problems.append(FieldError(path, problem["type"], message))
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{first.field}: {first.message}{more}", problems


def _check_input(operation: Operation, request: BatchRequest, max_items: int) -> None:
    given = {
        "items": request.items is not None,
        "filters": request.filters is not None,
        "file": request.upload_path is not None,
    }
    for kind, is_given in given.items():
        if is_given and kind != operation.input:
            message = f"the operation {operation.name} takes {operation.input}, not {kind}"
            raise InvalidInput.of(kind, "unexpected", message)
    if operation.input != "filters" and not given[operation.input]:
        raise InvalidInput.of(
            operation.input, "required", f"the operation {operation.name} needs {operation.input}"
        )
    if request.items is not None and not 1 <= len(request.items) <= max_items:
        raise InvalidInput.of("items", "length", f"must have 1 to {max_items:,} items")
    for name, text, limit in (
        ("name", request.name, MAX_NAME_CHARS),
        ("description", request.description, MAX_DESCRIPTION_CHARS),
    ):
        if len(text) > limit:
            raise InvalidInput.of(name, "string_too_long", f"must have at most {limit} characters")
        if "\x00" in text:
            raise InvalidInput.of(name, "characters", "must not hold a NUL character")


def _default_name(operation: Operation, request: BatchRequest) -> str:
    subject = request.upload_name or (
        f"{len(request.items):,} {operation.item_label}" if request.items else ""
    )
    return f"{operation.title}: {subject}"[:MAX_NAME_CHARS] if subject else operation.title


def _key_of(item: Any, index: int) -> str:
    """What a person recognises the item by: its own `key` or `id`, itself if it is short, or its place."""
    value = item.get("key", item.get("id")) if isinstance(item, dict) else item
    if isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
        text = str(value).replace("\x00", "")
        if 0 < len(text) <= MAX_KEY_CHARS:
            return text
    return f"item {index + 1}"


def _add_event(connection: Connection, batch: BatchRow, event: str) -> int:
    payload = to_batch(batch).dump()
    return events.add(connection, user_id=batch.owner_id, batch_id=batch.id, event=event, payload=payload)


def _found(batch: BatchRow | None, batch_id: str) -> BatchRow:
    if batch is None:
        raise NotFound(f"There is no batch {batch_id}")
    return batch
