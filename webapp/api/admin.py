"""`/api/admin`: what runs and who is connected, over all processes; for admins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from errors import NotFound
from realtime.publish import heartbeats
from realtime.sessions import presence
from realtime.sessions.connections import count_rooms
from store import metrics, users
from store.clock import to_datetime, to_datetime_or_none
from store.users import UserRow
from tasks.broker import queue_lengths
from webapp.api.schemas.admin import (
    ConnectedUser,
    ConnectionPath,
    ConnectionsQuery,
    ConnectionsResponse,
    Loop,
    OpenConnection,
    ProcessesResponse,
    Queue,
    WebProcess,
    WorkerProcess,
    WorkInHand,
)
from webapp.api.schemas.common import Failure, Success
from webapp.http.guards import BEARER, require_admin, services

MOST_IN_HAND = 1000

api = APIBlueprint(
    "admin",
    __name__,
    url_prefix="/api/admin",
    abp_tags=[Tag(name="admin", description="What runs and who is connected; for admins")],
    abp_security=BEARER,
    abp_responses={401: Failure, 403: Failure, 422: Failure, 503: Failure},
)
api.before_request(require_admin)


@api.get("/processes", responses={200: ProcessesResponse})
def list_processes() -> dict[str, Any]:
    """List web processes and workers with what they have in hand and do by themselves, queues and rooms"""
    engine = services().engine
    redis, channel = engine.emitter.redis, engine.emitter.channel
    with engine.database.read() as connection:
        loads = metrics.queues(connection)
        in_hand = metrics.in_hand(connection, MOST_IN_HAND)
    messages = queue_lengths(redis)
    processes = services().connections.processes()
    web = [_web_process(name, state) for name, state in processes.items()]
    workers = [
        _worker(name, state, [one for one in in_hand if one.worker == name])
        for name, state in heartbeats.alive(redis, channel, "worker").items()
    ]
    queues = [
        Queue(
            priority=priority,
            running_batches=load.running,
            pending_batches=load.pending,
            queued_chunks=load.queued,
            chunks_in_hand=load.in_hand,
            messages=messages[priority.code],
        )
        for priority, load in loads.items()
    ]
    return ProcessesResponse(
        web=sorted(web, key=lambda one: (one.host, one.pid)),
        workers=sorted(workers, key=lambda one: (one.host, one.pid)),
        queues=queues,
        rooms=count_rooms(processes.values()),
    ).dump()


@api.get("/connections", responses={200: ConnectionsResponse})
def list_connections(query: ConnectionsQuery) -> dict[str, Any]:
    """List who is connected, to whichever web process"""
    engine = services().engine
    found = presence.connections(engine.emitter.redis, engine.emitter.channel)
    with engine.database.read() as connection:
        known = users.by_ids(connection, {one["userId"] for one in found if one["userId"]})
    if query.q.strip():
        wanted = query.q.strip().casefold()
        found = [one for one in found if any(wanted in text.casefold() for text in _texts(one, known))]
    page = found[query.offset : query.offset + query.limit]
    return ConnectionsResponse(connections=[_connection(one, known) for one in page], total=len(found)).dump()


@api.delete("/connections/<connection_id>", responses={200: Success, 404: Failure})
def end_connection(path: ConnectionPath) -> dict[str, Any]:
    """End a connection

    Its client comes back by itself, unless its user is disabled or its login has ended.
    """
    engine = services().engine
    found = presence.connections(engine.emitter.redis, engine.emitter.channel)
    if all(one["id"] != path.connection_id for one in found):
        raise NotFound(f"There is no connection {path.connection_id}")
    services().connections.end(path.connection_id, "ended_by_admin")
    return Success().dump()


def _web_process(name: str, state: dict[str, Any]) -> WebProcess:
    return WebProcess(
        id=name,
        host=state.get("host", name),
        pid=state.get("pid"),
        started_at=to_datetime_or_none(state.get("startedMs")),
        authenticated=state["authenticated"],
        anonymous=state["anonymous"],
        loops=_loops(state),
    )


def _worker(name: str, state: dict[str, Any], in_hand: list[metrics.InHand]) -> WorkerProcess:
    work = {
        one.batch_id: WorkInHand(
            batch_id=one.batch_id, batch_name=one.batch_name, is_planning=one.kind == "plan"
        )
        for one in in_hand
    }
    return WorkerProcess(
        id=name,
        host=state.get("host", name),
        pid=state.get("pid"),
        started_at=to_datetime_or_none(state.get("startedMs")),
        in_hand=list(work.values()),
        loops=_loops(state),
    )


def _loops(state: dict[str, Any]) -> list[Loop]:
    return [
        Loop(
            name=one["name"],
            seconds=one["seconds"],
            runs=one["runs"],
            failures=one["failures"],
            last_run_at=to_datetime_or_none(one["lastRunMs"]),
            last_error=one["lastError"],
            last_error_at=to_datetime_or_none(one["lastErrorMs"]),
            is_overdue=one["isOverdue"],
        )
        for one in state.get("loops", ())  # A process of an older version tells of none.
    ]


def _texts(entry: dict[str, Any], known: Mapping[str, UserRow]) -> list[str]:
    user = known.get(entry["userId"])
    return [entry["id"], entry["address"], *entry["rooms"], *([user.name, user.email] if user else ())]


def _connection(entry: dict[str, Any], known: Mapping[str, UserRow]) -> OpenConnection:
    user_id = entry["userId"]
    user = known.get(user_id)
    return OpenConnection(
        id=entry["id"],
        process=entry["process"],
        user=None
        if user_id is None
        else ConnectedUser(id=user_id, name=user.name if user else user_id, email=user.email if user else ""),
        address=entry["address"],
        connected_at=to_datetime(entry["connectedMs"]),
        rooms=entry["rooms"],
    )
