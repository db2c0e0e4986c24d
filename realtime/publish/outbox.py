"""Sends what the outbox holds: right after the commit, and later what a crash or an outage left there."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from realtime.contract.events import EVERYBODY, batch_room
from realtime.publish.emitter import Emitter
from store import events
from store.database import Database
from store.events import EventRow

logger = logging.getLogger(__name__)

# What its own process has not sent by then is sent by whoever sweeps next.
SWEEP_AFTER_MS = 3000


@dataclass(frozen=True, slots=True)
class Message:
    """An event on its way to clients.

    Attributes:
        seq: Its place in the one order of all events.
        rooms: Where it goes, or None for all clients.
    """

    seq: int
    event: str
    payload: dict[str, Any]
    rooms: list[str] | None


def deliver(database: Database, emitter: Emitter, ids: Sequence[int]) -> None:
    """Sends the events of these ids, in order; what cannot be sent now is left for `sweep`.

    It follows a commit, so it raises nothing: what the caller did has happened, and stays.
    """
    if not ids:
        return
    try:
        _send(database, emitter, ids)
    except SQLAlchemyError as error:
        logger.warning("Events %s wait in the outbox, the database is away: %s", list(ids), error)


def sweep(database: Database, emitter: Emitter) -> int:
    """Sends the events that were left; returns how many went out."""
    with database.read() as connection:
        ids = events.waiting(connection, SWEEP_AFTER_MS)
    return _send(database, emitter, ids) if ids else 0


def to_message(row: EventRow) -> Message:
    """The event in the form that clients get it in: with its number, which they name when they come back."""
    rooms = [row.room] if row.batch_id is None else [row.room, batch_room(row.batch_id)]
    payload = row.payload | {"eventId": row.seq}
    return Message(row.seq, row.event, payload, None if row.room == EVERYBODY else rooms)


def _send(database: Database, emitter: Emitter, ids: Sequence[int]) -> int:
    """Numbers the events and publishes them.

    From the first on they are sure to arrive: the web processes also look for numbers that nobody told them.
    """
    with database.write() as connection:
        rows = events.number(connection, ids)
    try:
        for message in map(to_message, rows):
            emitter.publish(message.event, message.payload, message.rooms, seq=message.seq)
    except RedisError as error:
        logger.warning("Events up to %d reach clients a little later, Redis is away: %s", rows[-1].seq, error)
    return len(rows)
