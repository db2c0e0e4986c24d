"""Requests and answers of `/api/admin`."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from realtime.contract.events import (
    Wire,
)
from store.states import Priority
from webapp.api.schemas.common import MAX_PAGE, Request, Success


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
