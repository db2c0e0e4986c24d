"""Sends what the outbox holds: right after the commit, and later what a crash or an outage left there."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from redis import RedisError
from sqlalchemy import Row
from sqlalchemy.exc import SQLAlchemyError

from realtime.emitter import EVENT_ID, Emitter
from realtime.events import batch_rooms, user_room
from store import events
from store.database import Database

logger = logging.getLogger(__name__)

# What its own process has not sent by then is sent by whoever sweeps next.
SWEEP_AFTER_MS = 3000


def deliver(database: Database, emitter: Emitter, ids: Sequence[int]) -> None:
    """Sends the events of these ids, in order; what cannot be sent now is left for `sweep`.

    It follows a commit, so it raises nothing: what the caller did has happened, and stays.
    """
    if not ids:
        return
    try:
        with database.read() as connection:
            rows = events.get_many(connection, ids)
        _send(database, emitter, [row for row in rows if row.emitted_ms is None])
    except SQLAlchemyError as error:
        logger.warning("Events %s wait in the outbox, the database is away: %s", list(ids), error)


def sweep(database: Database, emitter: Emitter) -> int:
    """Sends the events that were left; returns how many went out."""
    if emitter.circuit.is_open:
        return 0
    with database.read() as connection:
        rows = events.waiting(connection, SWEEP_AFTER_MS)
    return _send(database, emitter, rows) if rows else 0


def messages_since(database: Database, since_ms: int) -> list[dict[str, Any]]:
    """What went out since a time, in the form that a web process hands to its clients."""
    with database.read() as connection:
        rows = events.sent_since(connection, since_ms)
    return [
        {
            "event": row.event,
            "data": [row.payload],
            "namespace": "/",
            "room": _rooms(row),
            EVENT_ID: row.id,
        }
        for row in rows
    ]


def _send(database: Database, emitter: Emitter, rows: Sequence[Row[Any]]) -> int:
    sent = []
    try:
        for row in rows:
            emitter.to_room(_rooms(row), row.event, row.payload, event_id=row.id)
            sent.append(row.id)
    except RedisError as error:
        logger.warning("%d events wait in the outbox, Redis is away: %s", len(rows) - len(sent), error)
    if sent:
        with database.write() as connection:
            events.mark_emitted(connection, sent)
    return len(sent)


def _rooms(row: Row[Any]) -> list[str]:
    return [user_room(row.user_id)] if row.batch_id is None else batch_rooms(row.user_id, row.batch_id)
