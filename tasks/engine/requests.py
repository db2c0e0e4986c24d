"""What a person asks for when creating a batch, and the rules that it must keep."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError

from errors import FieldError, InvalidInput
from settings import Settings
from store import uploads
from store.states import Priority
from tasks.engine.planning import MAX_KEY_CHARS
from tasks.operation import NoOptions, Operation

MAX_NAME_CHARS = 200
MAX_DESCRIPTION_CHARS = 2000
MAX_IDEMPOTENCY_KEY_CHARS = 200
MAX_DEPENDENCIES = 50
MAX_PARALLEL = 64
MAX_RETRY_ATTEMPTS = 10
MAX_TIMEOUT_MS = 24 * 3600 * 1000
DEFAULT_RETRY_ATTEMPTS = 3
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*%")


@dataclass(kw_only=True)
class BatchRequest:
    """What a person asks for.

    Attributes:
        items: For operations whose input is `items`: the JSON values themselves.
        filters: For operations whose input is `filters`: which things to choose.
        upload_path: For operations whose input is `file`: where the upload was stored.
        max_parallel: How many chunks run at the same time at most; None for the setting.
        priority: `high`, `normal` or `low`.
        retry_attempts: How often an item is tried again after an error that its operation calls transient;
            None for 3 where it does, else 0.
        timeout_ms: How long an item may take; None for the operation's own limit, if it has one.
        max_failures: How many items may fail, as a count or as text such as "5%" of all items; one more ends
            the batch. None for any number.
        depends_on: Ids of batches that must be completed before this one starts.
        sealed: False to add more items later; the batch ends only once it is sealed.
        idempotency_key: The same key from the same user gives the same batch.
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
    priority: str = Priority.NORMAL
    retry_attempts: int | None = None
    timeout_ms: int | None = None
    max_failures: int | str | None = None
    depends_on: list[str] = field(default_factory=list)
    sealed: bool = True
    idempotency_key: str | None = None


def to_values(request: BatchRequest, operation: Operation, settings: Settings) -> dict[str, Any]:
    """The columns of the batch that the request describes.

    Raises:
        InvalidInput: The request breaks a rule.
    """
    _check_input(operation, request, settings.max_inline_items)
    _check_text(request)
    options = validate(operation.options, request.options, "options")
    filters = None
    if operation.source is not None and operation.source.input == "filters":
        filters = validate(operation.source.filters or NoOptions, request.filters or {}, "filters")
    for name, value in (
        ("options", options),
        ("filters", filters),
    ):
        _check_storable(name, value)
    parallel = _between("maxParallel", request.max_parallel, 1, MAX_PARALLEL)
    most, percent = _read_max_failures(request.max_failures)
    attempts = request.retry_attempts
    if attempts is None:
        attempts = DEFAULT_RETRY_ATTEMPTS if operation.transient else 0
    return {
        "operation": operation.name,
        "name": request.name.strip() or _default_name(operation, request),
        "description": request.description,
        "options": options,
        "filters": filters,
        "upload_name": request.upload_name,
        "upload_path": str(request.upload_path) if request.upload_path else None,
        "max_parallel": parallel or settings.max_parallel,
        "priority": _read_priority(request.priority).code,
        "retry_attempts": _between("retryAttempts", attempts, 0, MAX_RETRY_ATTEMPTS),
        "timeout_ms": _between("timeoutMs", request.timeout_ms, 1, MAX_TIMEOUT_MS),
        "max_failures": most,
        "max_failure_percent": percent,
        "sealed": request.sealed,
        "idempotency_key": request.idempotency_key,
        "request_hash": _hash(request) if request.idempotency_key else None,
    }


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


def check_items(items: list[Any], most: int) -> None:
    """Checks how many items there are, and that each can be stored.

    Raises:
        InvalidInput: There are none, too many, or one is no JSON value.
    """
    if not 1 <= len(items) <= most:
        raise InvalidInput.of("items", "length", f"must have 1 to {most:,} items")
    try:
        orjson.dumps(items)
    except TypeError:
        for index, item in enumerate(items):
            try:
                orjson.dumps(item)
            except TypeError as error:
                raise InvalidInput.of(f"items.{index}", "json", f"cannot be stored: {error}") from error
        raise


def key_of(item: Any, index: int) -> str:
    """What a person recognises the item by: its own `key` or `id`, itself if it is short, or its place."""
    value = item.get("key", item.get("id")) if isinstance(item, dict) else item
    if isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
        text = str(value).replace("\x00", "")
        if 0 < len(text) <= MAX_KEY_CHARS:
            return text
    return f"item {index + 1}"


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
    if operation.input != "items" and not request.sealed:
        message = f"only batches of items can be left open; {operation.name} takes {operation.input}"
        raise InvalidInput.of("sealed", "unexpected", message)
    if operation.input != "filters" and not given[operation.input]:
        raise InvalidInput.of(
            operation.input, "required", f"the operation {operation.name} needs {operation.input}"
        )
    if request.items or (request.items is not None and request.sealed):
        check_items(request.items, max_items)


def _check_text(request: BatchRequest) -> None:
    for name, text, limit in (
        ("name", request.name, MAX_NAME_CHARS),
        ("description", request.description, MAX_DESCRIPTION_CHARS),
        ("idempotencyKey", request.idempotency_key or "", MAX_IDEMPOTENCY_KEY_CHARS),
        ("dependsOn", "".join(request.depends_on), MAX_DEPENDENCIES * 64),
    ):
        if len(text) > limit:
            raise InvalidInput.of(name, "string_too_long", f"must have at most {limit} characters")
        _check_storable(name, text)
    if len(request.depends_on) > MAX_DEPENDENCIES:
        raise InvalidInput.of("dependsOn", "length", f"must name at most {MAX_DEPENDENCIES} batches")


def _check_storable(name: str, value: Any) -> None:
    """Refuses what PostgreSQL's text and JSON cannot hold."""
    try:
        encoded = orjson.dumps(value)
    except TypeError as error:
        raise InvalidInput.of(name, "characters", f"cannot be stored: {error}") from error
    if b"\\u0000" in encoded:
        raise InvalidInput.of(name, "characters", "must not hold a NUL character")


def _read_max_failures(value: int | str | None) -> tuple[int | None, float | None]:
    rule = 'must be a count of at least 0, or a percentage such as "5%" between 0 and 100'
    if value is None:
        return None, None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
        return value, None
    if isinstance(value, str) and value.isdecimal() and len(value) < 16:
        return int(value), None
    match = _PERCENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or not 0 <= float(match[1]) <= 100:
        raise InvalidInput.of("maxFailures", "count_or_percent", rule)
    return None, float(match[1])


def _between(field_name: str, value: int | None, least: int, most: int) -> int | None:
    if value is not None and not least <= value <= most:
        raise InvalidInput.of(field_name, "range", f"must be between {least:,} and {most:,}")
    return value


def _read_priority(value: str) -> Priority:
    try:
        return Priority(value)
    except ValueError as error:
        raise InvalidInput.of("priority", "enum", f"must be one of {', '.join(Priority)}") from error


def _hash(request: BatchRequest) -> str:
    """What two requests with the same key must have in common."""
    digest = hashlib.sha256()
    for name, value in sorted(vars(request).items()):
        if name not in ("upload_path", "idempotency_key"):
            digest.update(orjson.dumps([name, value], option=orjson.OPT_SORT_KEYS))
    if request.upload_path is not None:
        digest.update(uploads.digest(request.upload_path))
    return digest.hexdigest()


def _default_name(operation: Operation, request: BatchRequest) -> str:
    subject = request.upload_name or ""
    if request.items:
        count = len(request.items)
        subject = key_of(request.items[0], 0) if count == 1 else f"{count:,} {operation.item_label}"
    return f"{operation.title}: {subject}"[:MAX_NAME_CHARS] if subject else operation.title
