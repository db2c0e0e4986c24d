"""The end of a batch, whoever brings it about: its last state, the events that tell of it, and what is due.

Create, admit, plan, commit, retry and cancel all come here, inside their own transaction and with the batch
locked. Nothing is sent: what is due after the commit stands in `Committed`, for `tasks.engine.announcements`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection

from realtime.contract.events import BATCH_CANCELLED, BATCH_COMPLETE, BATCH_ERROR, user_room
from realtime.contract.presentation import to_batch, to_complete, to_fatal_error
from realtime.publish import notifications
from realtime.publish.notifications import notice_of_end
from store import batches, events
from store.batches import BatchRow
from store.clock import now_ms
from store.leases import Lease
from store.results import FailureGroup
from store.states import Phase, Status
from tasks.engine.engine import Engine
from tasks.outcomes import clean_text


@dataclass(slots=True)
class Committed:
    """What a transaction leaves to be done after it.

    Attributes:
        batch: The batch as it is now.
        lease: The chunk to go on with, or None where the slice ends here.
        queued: Chunks about which a message is due.
        event_ids: Events that are to be sent.
        failures: The items of this commit that failed, grouped by kind.
    """

    batch: BatchRow
    lease: Lease | None = None
    queued: list[int] = field(default_factory=list)
    event_ids: list[int] = field(default_factory=list)
    failures: list[FailureGroup] = field(default_factory=list)


def end(
    engine: Engine, connection: Connection, batch: BatchRow, status: Status, **values: object
) -> Committed:
    """Ends a locked batch, with the events that say so."""
    ended = batches.change(connection, batch.id, **ended_state(status), **values)
    return Committed(ended, event_ids=tell_of_end(engine, connection, ended))


def fail(engine: Engine, connection: Connection, batch_id: str, code: str, message: str) -> Committed | None:
    """Ends a batch that cannot go on, unless it has ended already; then returns None."""
    batch = batches.lock(connection, batch_id)
    if batch is None or batch.is_terminal:
        return None
    return end(engine, connection, batch, Status.FAILED, error_code=code, error_message=clean_text(message))


def ended_state(status: Status) -> dict[str, object]:
    """What changes in a batch that ends, whichever way."""
    return {"status": status, "phase": Phase.DONE, "finished_ms": now_ms(), "message": ""}


def tell_of_end(engine: Engine, connection: Connection, batch: BatchRow) -> list[int]:
    """Puts into the outbox all that is told of a batch that has just ended; returns the events' ids."""
    return [*_own_events(connection, batch), *tell_of_effects(engine, connection, batch)]


def tell_of_effects(engine: Engine, connection: Connection, batch: BatchRow) -> list[int]:
    """Lets the operation do what it does at the end of a batch; returns the ids of its events.

    Again for what was still in hand when the batch was cancelled, and comes after its end.
    """
    operation = engine.operations.get(batch.operation)
    return operation.ended(connection, batch) if operation and operation.ended else []


def _own_events(connection: Connection, batch: BatchRow) -> list[int]:
    """The event that ends the batch and, unless its owner ended it, the owner's notification."""
    room = user_room(batch.owner_id)
    if batch.status == Status.CANCELLED:
        payload = to_batch(batch).dump()
        return [events.add(connection, room=room, batch_id=batch.id, event=BATCH_CANCELLED, payload=payload)]
    completed = batch.status == Status.COMPLETED
    name = BATCH_COMPLETE if completed else BATCH_ERROR
    payload = (to_complete(batch) if completed else to_fatal_error(batch)).dump()
    event_id = events.add(connection, room=room, batch_id=batch.id, event=name, payload=payload)
    return [event_id, notifications.add(connection, room, notice_of_end(batch))]
