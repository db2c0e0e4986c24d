"""Requests and answers of `/api/batch`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from realtime.contract.events import (
    Batch,
    FailureExample,
    Wire,
)
from store.states import ItemOutcome, Priority, Status
from tasks.engine.requests import (
    MAX_DEPENDENCIES,
    MAX_DESCRIPTION_CHARS,
    MAX_NAME_CHARS,
    MAX_PARALLEL,
    MAX_RETRY_ATTEMPTS,
    MAX_TIMEOUT_MS,
)
from webapp.api.schemas.common import MAX_PAGE, Request, Success


class CreateRequest(Request):
    """What to do with which items; a file is sent as multipart/form-data instead, field `file`."""

    operation: str = Field(max_length=64)
    items: list[Any] | None = None
    filters: dict[str, Any] | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    name: str = Field("", max_length=MAX_NAME_CHARS)
    description: str = Field("", max_length=MAX_DESCRIPTION_CHARS)
    max_parallel: int | None = Field(None, ge=1, le=MAX_PARALLEL)
    priority: Priority = Priority.NORMAL
    retry_attempts: int | None = Field(
        None, ge=0, le=MAX_RETRY_ATTEMPTS, description="After transient errors; null for the operation's own"
    )
    timeout_ms: int | None = Field(None, ge=1, le=MAX_TIMEOUT_MS, description="For one item")
    max_failures: int | str | None = Field(
        None, description='How many items may fail, as a count or like "5%"; one more ends the batch'
    )
    depends_on: list[Annotated[str, Field(max_length=64)]] = Field(
        default_factory=list,
        max_length=MAX_DEPENDENCIES,
        description="Batches that must be completed before this one starts",
    )
    sealed: bool = Field(True, description="False to add more items later; then it ends once it is sealed")


class AddItemsRequest(Request):
    """More items for a batch that is not sealed."""

    items: list[Any] = Field(min_length=1)
    offset: int | None = Field(
        None, ge=0, description="How many items are there already; guards against adding the same twice"
    )
    seal: bool = Field(False, description="True if these are the last")


class BatchResponse(Success):
    """One batch."""

    batch: Batch


class BatchPath(BaseModel):
    """The batch that a path names."""

    batch_id: str = Field(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")


class HistoryParameters(Request):
    """Which batches, in which order."""

    operation: str | None = Field(None, max_length=64)
    status: Status | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    q: str = Field("", max_length=200, pattern=r"^[^\x00]*$")
    owner: Literal["me", "all"] = "me"
    sort_by: Literal["createdAt", "name", "status", "total", "progress"] = "createdAt"
    sort_order: Literal["asc", "desc"] = "desc"
    limit: int = Field(50, ge=1, le=MAX_PAGE)
    offset: int = Field(0, ge=0, le=1_000_000)
    cursor: str | None = Field(None, max_length=1000)


class HistoryResponse(Success):
    """One page of batches."""

    batches: list[Batch]
    total: int
    limit: int
    next_cursor: str | None


class StatsResponse(Success):
    """How many batches there are."""

    total: int
    by_status: dict[Status, int]
    by_operation: dict[str, int]


class OperationInfo(Wire):
    """An operation, with the JSON Schemas that its form is rendered from."""

    name: str
    title: str
    description: str
    icon: str
    item_label: str
    input: Literal["items", "filters", "file"]
    accepted_files: list[str]
    max_upload_bytes: int
    timeout_seconds: float | None = Field(description="How long one item may take")
    per_minute: float | None = Field(description="How many items may start a minute, over all batches")
    options_schema: dict[str, Any]
    filters_schema: dict[str, Any] | None


class OperationsResponse(Success):
    """All operations."""

    operations: list[OperationInfo]


class Summary(Wire):
    """The numbers of a batch."""

    total: int | None
    processed: int
    successful: int
    failed: int
    skipped: int
    duration_ms: int | None
    rate: float = Field(description="Items a second over the whole run")


class FailureGroup(Wire):
    """Failures of one kind."""

    fingerprint: str
    type: str
    message: str
    count: int
    examples: list[FailureExample]


class ResultsResponse(Success):
    """The summary of a batch, its failures by kind, the largest first."""

    batch: Batch
    summary: Summary
    failures: list[FailureGroup]


class ItemsParameters(Request):
    """Which results."""

    outcome: ItemOutcome | None = None
    q: str = Field("", max_length=200, pattern=r"^[^\x00]*$")
    limit: int = Field(50, ge=1, le=MAX_PAGE)
    cursor: int = Field(-1, ge=-1, le=2**53, description="The position that the page before ended with")


class ItemError(Wire):
    """Why an item failed or was skipped."""

    type: str
    message: str
    field: str | None = None
    rule: str | None = None
    line: int | None = None
    attempts: int | None = None


class ItemResult(Wire):
    """What became of one item."""

    position: int
    key: str
    outcome: ItemOutcome
    result: Any
    error: ItemError | None
    duration_ms: float


class ItemsResponse(Success):
    """One page of results in the order of the items."""

    items: list[ItemResult]
    limit: int
    next_cursor: int | None
