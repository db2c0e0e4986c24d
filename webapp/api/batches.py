"""`/api/batch`: create, list, look into and control batches."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from flask import request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import ValidationError

from errors import InvalidInput
from realtime.contract.presentation import duration_ms, to_batch
from store import history, results
from store.batches import BatchRow
from store.clock import now_ms
from store.history import HistoryQuery
from store.states import ItemOutcome, Priority
from tasks.engine.batches import BatchRequest
from tasks.engine.requests import describe_validation
from tasks.operation import Operation, as_json_schema
from webapp.api.schemas.batches import (
    AddItemsRequest,
    BatchPath,
    BatchResponse,
    CreateRequest,
    FailureGroup,
    HistoryParameters,
    HistoryResponse,
    ItemError,
    ItemResult,
    ItemsParameters,
    ItemsResponse,
    OperationInfo,
    OperationsResponse,
    ResultsResponse,
    StatsResponse,
    Summary,
)
from webapp.api.schemas.common import Failure, IdempotencyHeader
from webapp.http.guards import BEARER, check_admin, current_user, own_batch, require_login, services
from webapp.http.rate_limits import check_rate

api = APIBlueprint(
    "batch",
    __name__,
    url_prefix="/api/batch",
    abp_tags=[Tag(name="batch", description="Batches: one operation over many items")],
    abp_security=BEARER,
    abp_responses={401: Failure, 403: Failure, 404: Failure, 422: Failure},
)
api.before_request(require_login)

_CREATE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": CreateRequest.model_json_schema(by_alias=True)},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["operation", "file"],
                    "properties": {
                        "operation": {"type": "string"},
                        "file": {"type": "string", "format": "binary"},
                        "options": {"type": "string", "description": "A JSON object"},
                        "name": {"type": "string"},
                        "description": {"type": "string"},
                        "maxParallel": {"type": "integer"},
                        "priority": {"type": "string", "enum": [one.value for one in Priority]},
                        "retryAttempts": {"type": "integer"},
                        "timeoutMs": {"type": "integer"},
                        "maxFailures": {"type": "string"},
                        "dependsOn": {"type": "string", "description": "A JSON list of batch ids"},
                    },
                }
            },
        },
    }
}


@api.post(
    "/create",
    responses={201: BatchResponse, 200: BatchResponse, 409: Failure, 413: Failure, 429: Failure},
    openapi_extensions=_CREATE_BODY,
)
def create(header: IdempotencyHeader) -> tuple[dict[str, Any], int]:
    """Start a batch over items, over what filters choose, or over an uploaded file

    With an Idempotency-Key that was used before for the same request, the answer is 200 with that batch.
    """
    settings, user = services().settings, current_user()
    services().engine.maintenance.check_may_start(user)
    check_rate(services().engine.emitter.redis, f"create:{user.id}", settings.batches_per_minute)
    if request.mimetype == "multipart/form-data":
        batch, is_new = _create_from_form(header.idempotency_key)
    else:
        wanted = _as_batch_request(request.get_json(silent=True), header.idempotency_key)
        batch, is_new = services().batches.find_or_create(user.id, wanted)
    return _answer(batch), 201 if is_new else 200


@api.get("/history", responses={200: HistoryResponse})
def list_batches(query: HistoryParameters) -> dict[str, Any]:
    """List batches, the newest first unless asked otherwise"""
    if query.owner == "all":
        check_admin()
    wanted = HistoryQuery(
        owner_id=None if query.owner == "all" else current_user().id,
        operation=query.operation,
        status=query.status,
        created_after_ms=_as_ms(query.created_after),
        created_before_ms=_as_ms(query.created_before),
        text=query.q.strip(),
        sort_by=query.sort_by,
        descending=query.sort_order == "desc",
        limit=query.limit,
        offset=query.offset,
        cursor=query.cursor,
    )
    with services().engine.database.read() as connection:
        found, total, cursor = history.find(connection, wanted)
    shown = [to_batch(batch) for batch in found]
    return HistoryResponse(batches=shown, total=total, limit=query.limit, next_cursor=cursor).dump()


@api.get("/stats", responses={200: StatsResponse})
def stats() -> dict[str, Any]:
    """Count one's batches by status and by operation"""
    with services().engine.database.read() as connection:
        by_status, by_operation = history.counts(connection, current_user().id)
    total = sum(by_status.values())
    return StatsResponse(total=total, by_status=by_status, by_operation=by_operation).dump()


@api.get("/operations", responses={200: OperationsResponse})
def list_operations() -> dict[str, Any]:
    """List the operations that one may start, with the JSON Schemas of their options and filters"""
    roles = current_user().roles
    operations = [one for one in services().engine.operations.values() if one.may_be_started_by(roles)]
    return OperationsResponse(operations=[_as_info(one) for one in operations]).dump()


@api.get("/<string:batch_id>", responses={200: BatchResponse})
def show(path: BatchPath) -> dict[str, Any]:
    """Show the state of a batch"""
    return _answer(own_batch(path.batch_id))


@api.get("/<string:batch_id>/results", responses={200: ResultsResponse})
def show_results(path: BatchPath) -> dict[str, Any]:
    """Summarise a batch, with its failures grouped by kind"""
    batch = own_batch(path.batch_id)
    with services().engine.database.read() as connection:
        groups = results.failures(connection, batch.id)
    failures = [
        FailureGroup(
            fingerprint=group.fingerprint,
            type=group.type,
            message=group.message,
            count=group.count,
            examples=group.examples,  # type: ignore[arg-type]
        )
        for group in groups
    ]
    return ResultsResponse(batch=to_batch(batch), summary=_summary(batch), failures=failures).dump()


@api.get("/<string:batch_id>/items", responses={200: ItemsResponse})
def list_items(path: BatchPath, query: ItemsParameters) -> dict[str, Any]:
    """List what became of the items, page by page"""
    batch = own_batch(path.batch_id)
    with services().engine.database.read() as connection:
        rows = results.page(
            connection,
            batch.id,
            outcome=query.outcome.code if query.outcome else None,
            query=query.q.strip(),
            after=query.cursor,
            limit=query.limit + 1,
        )
    shown = [_as_item(row) for row in rows[: query.limit]]
    cursor = shown[-1].position if len(rows) > query.limit else None
    return ItemsResponse(items=shown, limit=query.limit, next_cursor=cursor).dump()


@api.post("/<string:batch_id>/items", responses={200: BatchResponse, 409: Failure, 413: Failure})
def add_items(path: BatchPath, body: AddItemsRequest) -> dict[str, Any]:
    """Add items to a batch that is not sealed, and seal it if they are the last"""
    services().engine.maintenance.check_may_start(current_user())
    batch = services().batches.add_items(own_batch(path.batch_id).id, body.items, offset=body.offset)
    if body.seal:
        batch = services().batches.seal(batch.id)
    return _answer(batch)


@api.post("/<string:batch_id>/seal", responses={200: BatchResponse, 409: Failure})
def seal(path: BatchPath) -> dict[str, Any]:
    """Say that no more items will be added"""
    return _answer(services().batches.seal(own_batch(path.batch_id).id))


@api.post("/<string:batch_id>/pause", responses={200: BatchResponse, 409: Failure})
def pause(path: BatchPath) -> dict[str, Any]:
    """Pause a batch; what it has in hand is told to stop"""
    return _answer(services().batches.pause(own_batch(path.batch_id).id))


@api.post("/<string:batch_id>/resume", responses={200: BatchResponse, 409: Failure})
def resume(path: BatchPath) -> dict[str, Any]:
    """Let a paused batch go on"""
    return _answer(services().batches.resume(own_batch(path.batch_id).id))


@api.post("/<string:batch_id>/retry", responses={200: BatchResponse, 409: Failure})
def retry(path: BatchPath) -> dict[str, Any]:
    """Run the failed items of a batch again that has ended"""
    services().engine.maintenance.check_may_start(current_user())
    return _answer(services().batches.retry(own_batch(path.batch_id).id))


@api.post("/<string:batch_id>/cancel", responses={200: BatchResponse, 409: Failure})
def cancel(path: BatchPath) -> dict[str, Any]:
    """Cancel a batch; what it has done so far stays"""
    return _answer(services().batches.cancel(own_batch(path.batch_id).id))


def _answer(batch: BatchRow) -> dict[str, Any]:
    return BatchResponse(batch=to_batch(batch)).dump()


def _create_from_form(idempotency_key: str | None) -> tuple[BatchRow, bool]:
    form = request.form.to_dict()
    values: dict[str, Any] = {name: value for name, value in form.items() if value != ""}
    for name in ("options", "filters", "items", "dependsOn"):
        if name in values:
            values[name] = _parse_json(name, values[name])
    wanted = _as_batch_request(values, idempotency_key)
    upload = request.files.get("file")
    if upload is None:
        return services().batches.find_or_create(current_user().id, wanted)
    return services().batches.create_from_upload(current_user().id, wanted, upload.stream, upload.filename)


def _as_batch_request(values: Any, idempotency_key: str | None) -> BatchRequest:
    if not isinstance(values, dict):
        raise InvalidInput.of("body", "json", "send a JSON object, or multipart/form-data with a file")
    try:
        body = CreateRequest.model_validate(values)
    except ValidationError as error:
        raise InvalidInput(*describe_validation(error, "")) from error
    return BatchRequest(**body.model_dump(), idempotency_key=idempotency_key)


def _parse_json(name: str, text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidInput.of(name, "json", f"is not JSON: {error}") from error


def _as_info(operation: Operation) -> OperationInfo:
    source = operation.source
    return OperationInfo(
        name=operation.name,
        title=operation.title,
        description=operation.description,
        icon=operation.icon,
        item_label=operation.item_label,
        input=operation.input,  # type: ignore[arg-type]
        accepted_files=list(source.accepted_files) if source else [],
        max_upload_bytes=services().settings.max_upload_bytes,
        timeout_seconds=operation.timeout_seconds,
        per_minute=operation.per_minute,
        options_schema=as_json_schema(operation.options) or {},
        filters_schema=operation.filters_schema(services().engine.database),
    )


def _as_item(row: Any) -> ItemResult:
    return ItemResult(
        position=row.position,
        key=row.key,
        outcome=ItemOutcome.of(row.outcome),
        result=orjson.loads(row.result) if row.result is not None else None,
        error=ItemError(**orjson.loads(row.error)) if row.error is not None else None,
        duration_ms=row.duration_us / 1000,
    )


def _summary(batch: BatchRow) -> Summary:
    elapsed_ms = duration_ms(batch)
    if elapsed_ms is None and batch.started_ms is not None:
        elapsed_ms = max(0, now_ms() - batch.started_ms)
    rate = batch.processed * 1000 / elapsed_ms if elapsed_ms else 0.0
    return Summary(
        total=batch.total,
        processed=batch.processed,
        successful=batch.successful,
        failed=batch.failed,
        skipped=batch.skipped,
        duration_ms=elapsed_ms,
        rate=round(rate, 2),
    )


def _as_ms(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(aware.timestamp() * 1000)
