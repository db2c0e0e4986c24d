"""What HTTP requests and answers look like; OpenAPI and the TypeScript types are made from these."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, EmailStr, Field
from pydantic.alias_generators import to_camel

from realtime.contract.events import (
    CHAT_ROOM,
    Batch,
    ChatMessage,
    ChatRoomName,
    DashboardUpdate,
    FailureExample,
    Metrics,
    NotificationKind,
    PartHealth,
    Severity,
    SystemStatus,
    Wire,
)
from realtime.publish.notifications import MAX_LINK_CHARS, MAX_MESSAGE_CHARS, MAX_TITLE_CHARS
from store.states import ItemOutcome, Priority, Status
from tasks.engine.maintenance import MAX_MESSAGE_CHARS as MAX_MAINTENANCE_CHARS
from tasks.engine.requests import (
    MAX_DEPENDENCIES,
    MAX_DESCRIPTION_CHARS,
    MAX_IDEMPOTENCY_KEY_CHARS,
    MAX_NAME_CHARS,
    MAX_PARALLEL,
    MAX_RETRY_ATTEMPTS,
    MAX_TIMEOUT_MS,
)

__all__ = ["Batch"]

MAX_PAGE = 100


class Request(BaseModel):
    """Base of what clients send: camelCase on the wire, nothing unknown."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class Success(Wire):
    """Base of every answer to a request that went well."""

    success: Literal[True] = True


class BrokenRule(Wire):
    """One field that breaks a rule."""

    field: str
    rule: str
    message: str


class FailureDetails(Wire):
    """What a program may want to know about a failure."""

    fields: list[BrokenRule] = Field(default_factory=list)
    retry_after_seconds: int | None = None
    code: str | None = Field(default=None, description="`maintenance` where new work is not taken just now")


class Failure(Wire):
    """Every answer to a request that did not go well."""

    success: Literal[False] = False
    error: str
    details: FailureDetails = FailureDetails()


class LoginRequest(Request):
    """E-mail address and password."""

    email: str = Field(max_length=320)
    password: str = Field(max_length=1000)


class LogoutRequest(Request):
    """The refresh token of the session to end; without one it is the session of the access token."""

    refresh_token: str | None = Field(default=None, max_length=200)


class RefreshRequest(Request):
    """The refresh token that the login gave; each can be used once."""

    refresh_token: str = Field(max_length=200)


class User(Wire):
    """A person who can log in."""

    id: str
    email: EmailStr | str
    name: str
    roles: list[str]


class LoginResponse(Success):
    """Tokens for the API and the sockets."""

    token: str
    refresh_token: str
    expires_at: datetime
    user: User


class MeResponse(Success):
    """The user of the token."""

    user: User


class DemoAccount(Wire):
    """An account that exists in local mode only."""

    email: str
    password: str


class AuthOptionsResponse(Success):
    """How one can log in here."""

    local: bool
    demo_accounts: list[DemoAccount]


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


class CatalogFilesRequest(Request):
    """Which files of the catalog's folder."""

    files: list[str] = Field([], max_length=1000, description="Their names; none means all of them")


class IdempotencyHeader(BaseModel):
    """A key that makes it safe to send a request again."""

    idempotency_key: str | None = Field(
        None, alias="Idempotency-Key", min_length=1, max_length=MAX_IDEMPOTENCY_KEY_CHARS
    )


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


class Area(Wire):
    """A business area of the catalog."""

    id: str
    title: str
    count: int


class AreasResponse(Success):
    """The business areas of the catalog."""

    areas: list[Area]


class ConnectionStatsResponse(Success):
    """Connections over all web processes; rooms of single users and batches only for admins."""

    total_connections: int
    authenticated: int
    anonymous: int
    rooms: dict[str, int]


class ChildrenQuery(Request):
    """Which part of a list of nodes."""

    offset: int = Field(default=0, ge=0, le=1_000_000)
    limit: int = Field(default=MAX_PAGE, ge=1, le=MAX_PAGE)


class NodePath(BaseModel):
    """A node of the catalog."""

    node_id: str = Field(min_length=1, max_length=200)


class NodeSummary(Wire):
    """A node in a list."""

    id: str
    title: str
    kind: str
    area: str | None
    children: int = Field(default=0, description="How many nodes are right below it; lists of a tree only")


class NodesResponse(Success):
    """Nodes by their titles."""

    nodes: list[NodeSummary]
    has_more: bool


class Breadcrumb(Wire):
    """A node on the way from the top."""

    id: str
    title: str


class NodeResponse(Success):
    """A node with what is known of it, and the way to it from the top."""

    id: str
    title: str
    kind: str
    area: str | None
    description: str | None
    tags: list[str]
    meta: dict[str, Any]
    keywords: list[str] | None
    summary: str | None
    business_area: str | None
    pii: str | None
    complexity: str | None
    quality: float | None
    annotated_at: datetime | None
    breadcrumbs: list[Breadcrumb]


class SearchQuery(ChildrenQuery):
    """What to look for; area and kind narrow it."""

    q: str = Field(default="", max_length=200)
    area: str | None = Field(default=None, max_length=200)
    kind: str | None = Field(default=None, max_length=50)
    limit: int = Field(default=50, ge=1, le=MAX_PAGE)


class SearchResponse(Success):
    """What was found, by title."""

    nodes: list[NodeSummary]
    total: int
    facets: dict[str, dict[str, int]] = Field(description="How many of all found are of each area and kind")


class DashboardResponse(Success):
    """How the whole system does; sums only."""

    metrics: Metrics
    timestamp: datetime
    history: list[DashboardUpdate] = Field(
        description="One a second while somebody watched, the oldest first"
    )
    widgets: dict[str, dict[str, Any]] = Field(description="What each widget shows, by its id")


class ChatRoom(Wire):
    """A chat room that somebody has spoken in."""

    room: str
    last_message_at: datetime | None


class ChatRoomsResponse(Success):
    """Chat rooms, the liveliest first."""

    rooms: list[ChatRoom]


class ChatHistoryQuery(Request):
    """Which messages."""

    room: ChatRoomName = CHAT_ROOM
    before: int | None = Field(default=None, ge=1, le=2**63 - 1, description="Only messages with lower ids")
    limit: int = Field(default=50, ge=1, le=MAX_PAGE)


class ChatHistoryResponse(Success):
    """Messages, the newest first."""

    messages: list[ChatMessage]
    next_before: int | None = Field(description="To be sent as `before` for older ones; null where it ends")


class ChatMessageResponse(Success):
    """The message as everybody sees it."""

    message: ChatMessage


class LoopHealth(Wire):
    """Something that this web process does again and again by itself."""

    name: str
    last_run_at: datetime | None = Field(description="When a run of it ended last.")
    failures: int = Field(description="How many of its runs have failed since the process was started.")
    is_overdue: bool = Field(description="True where it should have run long ago.")


class LoopsHealth(Wire):
    """What this web process does by itself: all of it is done, or what is overdue."""

    ok: bool
    error: str | None
    entries: list[LoopHealth] = Field(alias="list")


class HealthResponse(Wire):
    """Whether the system can work, part by part."""

    success: bool
    status: Literal["ok", "degraded"]
    database: PartHealth
    redis: PartHealth
    workers: PartHealth
    loops: LoopsHealth


class Notification(Wire):
    """Something that one was told."""

    id: str
    kind: NotificationKind
    severity: Severity
    title: str
    message: str
    link: str | None
    batch_id: str | None
    timestamp: datetime
    read_at: datetime | None


class NotificationsParameters(Request):
    """Which notifications."""

    unread: bool = Field(False, description="Only those that were not read")
    limit: int = Field(50, ge=1, le=MAX_PAGE)
    cursor: str | None = Field(None, max_length=36, pattern=r"^[0-9a-f-]+$")


class NotificationsResponse(Success):
    """One page of notifications, the newest first."""

    notifications: list[Notification]
    unread_count: int = Field(description="Of all pages")
    limit: int
    next_cursor: str | None


class NotificationPath(BaseModel):
    """The notification that a path names."""

    notification_id: str = Field(max_length=36, pattern=r"^[0-9a-f-]+$")


class ReadResponse(Success):
    """How many are left."""

    unread_count: int


class NotifyRequest(Request):
    """What to tell whom."""

    to: Literal["all", "role", "user"]
    recipient: str | None = Field(
        None, max_length=320, description="The e-mail address of the user, or the name of the role"
    )
    severity: Severity = "info"
    title: str = Field(min_length=1, max_length=MAX_TITLE_CHARS)
    message: str = Field("", max_length=MAX_MESSAGE_CHARS)
    link: str | None = Field(None, max_length=MAX_LINK_CHARS, description="A path of the page")


class SystemStatusResponse(Success):
    """How the system does."""

    system: SystemStatus


class MaintenanceRequest(Request):
    """Whether new work of users is refused, and what they are told."""

    on: bool
    message: str = Field("", max_length=MAX_MAINTENANCE_CHARS, description="Empty for a general one")


class Loop(Wire):
    """Something that a process does again and again by itself."""

    name: str
    seconds: float = Field(description="The pause between two runs; 0 where it waits for something itself.")
    runs: int
    failures: int = Field(description="How many of the runs have failed.")
    last_run_at: datetime | None = Field(description="When a run ended last.")
    last_error: str = Field(description="Type and message of the last error; empty where there was none.")
    last_error_at: datetime | None
    is_overdue: bool = Field(description="True where it should have run long ago.")


class WebProcess(Wire):
    """A web process that is alive."""

    id: str
    host: str
    pid: int | None
    started_at: datetime | None
    authenticated: int
    anonymous: int
    loops: list[Loop]


class WorkInHand(Wire):
    """A batch that a worker process works for."""

    batch_id: str
    batch_name: str
    is_planning: bool = Field(description="True where its input is read, false where its items run.")


class WorkerProcess(Wire):
    """A process of a worker that is alive, and what it has in hand."""

    id: str
    host: str
    pid: int | None
    started_at: datetime | None
    in_hand: list[WorkInHand]
    loops: list[Loop]


class Queue(Wire):
    """What there is to do of one priority."""

    priority: Priority
    running_batches: int
    pending_batches: int
    queued_chunks: int = Field(description="Chunks that wait for a worker.")
    chunks_in_hand: int
    messages: int = Field(description="Messages in Redis; each is worth about a second of work.")


class ProcessesResponse(Success):
    """Everything that runs: web processes, worker processes, queues, rooms."""

    web: list[WebProcess]
    workers: list[WorkerProcess]
    queues: list[Queue]
    rooms: dict[str, int]


class ConnectionPath(Request):
    """Which connection."""

    connection_id: str = Field(min_length=1, max_length=100)


class ConnectionsQuery(Request):
    """Which connections."""

    q: str = Field(
        default="", max_length=200, description="Part of a user's name or address, an address or a room."
    )
    offset: int = Field(default=0, ge=0, le=1_000_000)
    limit: int = Field(default=50, ge=1, le=MAX_PAGE)


class ConnectedUser(Wire):
    """Whose a connection is."""

    id: str
    name: str
    email: str


class OpenConnection(Wire):
    """A Socket.IO connection at any of the web processes."""

    id: str
    process: str
    user: ConnectedUser | None
    address: str
    connected_at: datetime
    rooms: list[str]


class ConnectionsResponse(Success):
    """Connections, the newest first; at most two seconds old."""

    connections: list[OpenConnection]
    total: int
