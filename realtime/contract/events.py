"""Every event that crosses the wire, as typed models; TypeScript and documents are made from these."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator
from pydantic.alias_generators import to_camel

from store.states import Phase, Priority, Status

BATCH_CREATED = "batch:created"
BATCH_PROGRESS = "batch:progress"
BATCH_COMPLETE = "batch:complete"
BATCH_ERROR = "batch:error"
BATCH_PAUSED = "batch:paused"
BATCH_RESUMED = "batch:resumed"
BATCH_CANCELLED = "batch:cancelled"
WELCOME = "welcome"
ROOM_JOINED = "room-joined"
ROOM_LEFT = "room-left"
ERROR = "error"
PONG = "pong"
SYSTEM_NOTIFICATION = "system:notification"
SYSTEM_ALERT = "system:alert"
SYSTEM_STATUS = "system:status"
SYSTEM_SHUTDOWN = "system:shutdown"
RECOVERED = "recovered"
DASHBOARD_UPDATE = "dashboard:update"
WIDGET_UPDATE = "dashboard:widget-update"

CHAT_MESSAGE = "chat:message"
CHAT_TYPING = "chat:typing"

CATALOG_UPDATE = "catalog:update"
CATALOG_RELOAD = "catalog:reload"

CATALOG_ROOM = "catalog"
CHAT_ROOM = "chat"
DASHBOARD_ROOM = "dashboard"
JOIN_ROOM = "join-room"
LEAVE_ROOM = "leave-room"
AUTHENTICATE = "authenticate"
PING = "ping"

Severity = Literal["info", "warning", "error"]
NotificationKind = Literal["notification", "alert"]


class Wire(BaseModel):
    """Base of all that is sent: camelCase on the wire, snake_case in Python."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)

    def dump(self) -> dict[str, Any]:
        """Plain JSON values, with the wire's names."""
        return self.model_dump(mode="json", by_alias=True)


class Numbered(Wire):
    """What no client misses: it comes from the outbox, and again to who was away when it was sent."""

    event_id: int | None = Field(
        default=None,
        description="Place in the one order of these events; a client that comes back names the last",
    )


class Problem(Wire):
    """Why a batch could not go on."""

    code: str
    message: str


class Artifact(Wire):
    """A file that a batch made."""

    name: str
    size: int = Field(description="Bytes")
    sha256: str


class Counts(Wire):
    """How many items ended how."""

    total: int
    successful: int
    failed: int
    skipped: int


class Batch(Wire):
    """The whole state of a batch, as HTTP answers and lifecycle events carry it."""

    id: str
    batch_id: str = Field(description="The same as id: every batch event names the batch so")
    operation: str
    name: str
    description: str
    status: Status
    phase: Phase
    version: int = Field(description="Grows with each change; what is older than what is shown is dropped")
    progress: float = Field(ge=0, le=100, description="Percent; 100 only at the end")
    total: int | None = Field(description="Null while the source is being counted or more may be added")
    planned: int = Field(description="Items known so far")
    processed: int
    successful: int
    failed: int
    skipped: int
    rate: float = Field(description="Items a second, recent ones weighing more")
    eta_seconds: float | None = Field(description="Time left, or null where it cannot be told")
    message: str
    error: Problem | None
    redeliveries: int = Field(description="Messages that came twice and were absorbed")
    recoveries: int = Field(description="Chunks taken over from a worker that went away")
    options: dict[str, Any]
    filters: dict[str, Any] | None
    upload_name: str | None
    owner_id: str
    max_parallel: int
    priority: Priority
    sealed: bool = Field(description="False while more items may be added")
    retries: int = Field(description="Items that were tried again after a transient error")
    retry_attempts: int = Field(description="How often an item is tried again")
    timeout_ms: int | None = Field(description="How long an item may take, if its operation does not say")
    max_failures: int | str | None = Field(description="How many items may fail, as a count or like 5%")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    duration_ms: int | None
    artifacts: list[Artifact]


class BatchChange(Batch, Numbered):
    """`batch:created`, `batch:paused`, `batch:resumed` and `batch:cancelled`: the state that it has now."""


class BatchProgress(Wire):
    """`batch:progress`: one tick. It carries the whole state, so that any tick may be lost."""

    batch_id: str
    version: int
    status: Status
    phase: Phase
    progress: float = Field(ge=0, le=100)
    processed: int
    total: int | None
    planned: int
    successful: int
    failed: int
    skipped: int
    retries: int
    recoveries: int
    redeliveries: int
    rate: float
    eta_seconds: float | None
    message: str
    timestamp: datetime


class BatchComplete(Numbered):
    """`batch:complete`: all items have an outcome."""

    batch_id: str
    version: int
    status: Status
    results: Counts
    duration_ms: int
    artifacts: list[Artifact]
    timestamp: datetime


class FailureExample(Wire):
    """One failed item of a group."""

    position: int
    key: str
    message: str
    field: str | None = None
    rule: str | None = None
    line: int | None = None
    attempts: int | None = Field(None, description="How often it was tried, if more than once")


class BatchError(Numbered):
    """`batch:error`: fatal where the batch itself could not go on, else a group of failed items."""

    batch_id: str
    version: int
    code: str
    error: str
    fatal: bool
    count: int = Field(0, description="Failed items so far")
    timestamp: datetime


class Metrics(Wire):
    """How the whole system does; sums only, since everybody may see them."""

    cpu: float = Field(description="Percent of all cores of the machine that measures")
    memory: float = Field(description="Percent of its memory")
    running_batches: int
    pending_batches: int
    items_per_second: float = Field(description="The recent rates of all running batches together")
    queue_depth: int = Field(description="Chunks that wait for a worker")
    workers: int = Field(description="Worker processes that are alive")
    connections: int


class DashboardUpdate(Wire):
    """`dashboard:update`: once a second while somebody watches."""

    metrics: Metrics
    timestamp: datetime


class WidgetUpdate(Wire):
    """`dashboard:widget-update`: what one widget shows has changed."""

    widget_id: str = Field(description="`batches`, `failures` or `workers`")
    data: dict[str, Any]
    timestamp: datetime


class CatalogChanges(Wire):
    """How many nodes of the catalog changed how."""

    added: int
    modified: int
    deleted: int


class CatalogUpdate(Numbered):
    """`catalog:update`: a batch that writes to the catalog has ended."""

    changes: CatalogChanges
    updated_at: datetime


class CatalogReload(CatalogUpdate):
    """`catalog:reload`: the catalog was made what its files say; better load it anew."""


class ChatMessage(Numbered):
    """`chat:message`: plain text, to be shown as text."""

    id: int
    room: str
    text: str
    content: str = Field(description="The same as text")
    user: str = Field(description="The name of who sent it")
    sender: str = Field(description="The same as user")
    user_id: str
    client_id: str | None = Field(description="What the sender called it")
    timestamp: datetime


class ChatTyping(Wire):
    """`chat:typing`: it ends by itself when nothing more comes."""

    user_id: str
    user: str
    room: str
    is_typing: bool


ChatRoomName = Annotated[str, Field(pattern=r"^chat(:[A-Za-z0-9][A-Za-z0-9_.@-]{0,99})?$")]


class ChatRequest(Wire):
    """A message to send, in `text` or in `content`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    room: ChatRoomName = CHAT_ROOM
    text: str = Field(min_length=1, max_length=4000, validation_alias=AliasChoices("text", "content"))
    client_id: str | None = Field(
        default=None, min_length=1, max_length=100, description="Sent again under it, it is the same message"
    )

    @field_validator("text")
    @classmethod
    def _is_text(cls, value: str) -> str:
        cleaned = value.strip()
        if not cleaned:
            raise ValueError("must not be empty")
        if any((ord(one) < 32 and one not in "\n\t") or 0xD800 <= ord(one) <= 0xDFFF for one in cleaned):
            raise ValueError("must be text without control characters")
        return cleaned


class TypingRequest(Wire):
    """That somebody types, to be said again within five seconds, or has stopped."""

    model_config = ConfigDict(extra="ignore", strict=True)

    room: ChatRoomName = CHAT_ROOM
    is_typing: bool = True


class ChatAnswer(Wire):
    """The acknowledgement of `chat:message` and `chat:typing`."""

    success: bool
    message: ChatMessage | None = None
    code: str | None = None
    error: str | None = None


class WelcomeUser(Wire):
    """Who the connection belongs to."""

    id: str
    roles: list[str]


class Welcome(Wire):
    """`welcome`: the first event of each connection."""

    message: str
    socket_id: str
    timestamp: datetime
    user: WelcomeUser | None
    last_event_id: int = Field(description="To be named when the connection is lost before any event came")


class Recovered(Wire):
    """`recovered`: follows what a client missed while it was away, and the state of its running batches."""

    complete: bool = Field(description="False where too much was missed: then all is to be loaded anew")
    events: int = Field(description="How many were sent again")
    last_event_id: int


class ConnectRequest(Wire):
    """What a client sends in `auth` when it connects."""

    model_config = ConfigDict(extra="ignore", strict=True)

    token: str | None = None
    last_event_id: int | None = Field(
        None, ge=0, description="Of the last event that it got, to get the rest"
    )
    rooms: list[str] = Field(default=[], max_length=1000, description="Rooms to join at once")


class Room(Wire):
    """`room-joined` and `room-left`."""

    room: str


class RoomAnswer(Wire):
    """The acknowledgement of `join-room` and `leave-room`."""

    success: bool
    room: str | None = None
    code: str | None = None
    error: str | None = None


class ErrorMessage(Wire):
    """`error`: what the client sent was not accepted."""

    code: str
    message: str


class Pong(Wire):
    """`pong`: the answer to `ping`."""

    timestamp: datetime


class SystemNotification(Numbered):
    """`system:notification` and `system:alert`: something that a user, a role or everybody should know."""

    id: str
    kind: NotificationKind
    severity: Severity
    title: str
    message: str
    link: str | None = Field(description="A path of the page that it leads to")
    batch_id: str | None = Field(description="The batch that it tells of")
    timestamp: datetime


class PartHealth(Wire):
    """One part that the system needs."""

    ok: bool
    error: str | None = None
    count: int | None = None


class Parts(Wire):
    """What the system needs to work."""

    database: PartHealth
    redis: PartHealth
    workers: PartHealth


class SystemStatus(Wire):
    """`system:status`: how the system does, sent when that changes."""

    id: str
    status: Literal["ok", "degraded", "maintenance"]
    severity: Severity
    title: str
    message: str = Field(description="For people; empty where there is nothing to say")
    parts: Parts
    timestamp: datetime


class Shutdown(Wire):
    """`system:shutdown`: this web process ends; the client connects to another one, or to the next."""

    message: str
    timestamp: datetime


class RoomRequest(Wire):
    """`join-room` and `leave-room`; the room's name alone does as well."""

    room: str


class AuthenticateRequest(Wire):
    """`authenticate`: a new token of the same user, before the one of the connection runs out."""

    token: str


# The room of events that are for everybody, also for those who are not logged in.
EVERYBODY = "all"


def user_room(user_id: str) -> str:
    """The room of all connections of one user."""
    return f"user:{user_id}"


def role_room(role: str) -> str:
    """The room of all users of a role."""
    return f"role:{role}"


def batch_room(batch_id: str) -> str:
    """The room of those who watch one batch."""
    return f"batch:{batch_id}"


def batch_rooms(owner_id: str, batch_id: str) -> list[str]:
    """The rooms that a batch's events go to: its owner's, and that of those who watch it."""
    return [user_room(owner_id), batch_room(batch_id)]


# Every event that the server sends, with its payload and the rooms that it goes to; none: the one socket.
OF_BATCH = tuple(batch_rooms("<owner>", "<id>"))
TO_ANYBODY = (f"{user_room('<id>')}, {role_room('<name>')} or {EVERYBODY}",)
EVENTS: dict[str, tuple[type[Wire], tuple[str, ...]]] = {
    WELCOME: (Welcome, ()),
    BATCH_CREATED: (BatchChange, OF_BATCH),
    BATCH_PROGRESS: (BatchProgress, OF_BATCH),
    BATCH_COMPLETE: (BatchComplete, OF_BATCH),
    BATCH_ERROR: (BatchError, OF_BATCH),
    BATCH_PAUSED: (BatchChange, OF_BATCH),
    BATCH_RESUMED: (BatchChange, OF_BATCH),
    BATCH_CANCELLED: (BatchChange, OF_BATCH),
    DASHBOARD_UPDATE: (DashboardUpdate, (DASHBOARD_ROOM,)),
    WIDGET_UPDATE: (WidgetUpdate, (DASHBOARD_ROOM,)),
    CATALOG_UPDATE: (CatalogUpdate, (CATALOG_ROOM,)),
    CATALOG_RELOAD: (CatalogReload, (CATALOG_ROOM,)),
    CHAT_MESSAGE: (ChatMessage, (CHAT_ROOM, f"{CHAT_ROOM}:<name>")),
    CHAT_TYPING: (ChatTyping, (CHAT_ROOM, f"{CHAT_ROOM}:<name>")),
    ROOM_JOINED: (Room, ()),
    ROOM_LEFT: (Room, ()),
    ERROR: (ErrorMessage, ()),
    PONG: (Pong, ()),
    RECOVERED: (Recovered, ()),
    SYSTEM_NOTIFICATION: (SystemNotification, TO_ANYBODY),
    SYSTEM_ALERT: (SystemNotification, TO_ANYBODY),
    SYSTEM_STATUS: (SystemStatus, (EVERYBODY,)),
    SYSTEM_SHUTDOWN: (Shutdown, ()),
}

# Every event that a client may send, with its payload and its acknowledgement, if there is one.
CLIENT_EVENTS: dict[str, tuple[type[Wire] | None, type[Wire] | None]] = {
    JOIN_ROOM: (RoomRequest, RoomAnswer),
    LEAVE_ROOM: (RoomRequest, RoomAnswer),
    AUTHENTICATE: (AuthenticateRequest, RoomAnswer),
    PING: (None, None),
    CHAT_MESSAGE: (ChatRequest, ChatAnswer),
    CHAT_TYPING: (TypingRequest, ChatAnswer),
}


def define(name: str, payload: type[Wire], rooms: tuple[str, ...]) -> str:
    """Adds an event of one's own to the catalogue, so that the documents tell of it; returns its name.

    To be called in a module that OPERATION_MODULES names: it is imported by every process.

    Args:
        rooms: Where it goes, as the documents show it, such as `user:<id>`.

    Raises:
        ValueError: There is another event of that name.
    """
    if EVENTS.get(name, (payload, rooms)) != (payload, rooms):
        raise ValueError(f"there is another event {name!r}")
    EVENTS[name] = (payload, rooms)
    return name
