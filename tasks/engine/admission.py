"""Starts the batches that may start: within the owner's cap, and behind what they wait for.

Whatever ends or pauses a batch lets others in, which may end in their turn: `settle` goes on until none does.
"""

from __future__ import annotations

from collections import deque

from sqlalchemy import Connection

from store import admission, batches, chunks
from store.batches import BatchRow
from store.clock import now_ms
from store.states import Phase, Status
from tasks.engine.announcements import announce
from tasks.engine.endings import Committed, end
from tasks.engine.engine import Engine


def admit(engine: Engine, owner_id: str) -> list[Committed]:
    """Starts what the user's cap allows; ends what waits for a batch that was not completed."""
    with engine.database.write() as connection:
        admission.lock_owner(connection, owner_id)
        return admit_locked(engine, connection, owner_id)


def admit_locked(engine: Engine, connection: Connection, owner_id: str) -> list[Committed]:
    """Like `admit`, in a transaction that holds the lock of the owner."""
    changed = []
    # What ends here may be waited for in its turn.
    while found := admission.hopeless(connection, owner_id):
        for batch_id, reason in dict(found).items():
            batch = batches.lock(connection, batch_id)
            if batch is not None:
                message = f"It was to start after another batch, but {reason}"
                why = {"error_code": "dependency_failed", "error_message": message}
                changed.append(end(engine, connection, batch, Status.FAILED, **why))
    free = engine.settings.max_running_per_user - admission.running_count(connection, owner_id)
    if free > 0:
        ready = admission.ready_to_start(connection, owner_id, free)
        changed += [_start(engine, connection, batch) for batch in ready]
    return changed


def admit_after(engine: Engine, batch: BatchRow) -> list[Committed]:
    """Admits what can start now that the batch has ended or pauses."""
    with engine.database.read() as connection:
        owners = admission.owners_affected(connection, batch)
    return [committed for owner_id in owners for committed in admit(engine, owner_id)]


def settle(engine: Engine, *committed: Committed) -> None:
    """Announces what transactions have left to do, and lets in what waited for a batch that ended in them."""
    left = deque(committed)
    while left:
        one = left.popleft()
        announce(engine, one)
        if one.event_ids:
            left += admit_after(engine, one.batch)


def _start(engine: Engine, connection: Connection, batch: BatchRow) -> Committed:
    """Sends a batch that waited to the workers: its items, or the plan that is to find them."""
    now = now_ms()
    values: dict[str, object] = {"rate_ms": now, "rate_start_ms": now, "rate": 0.0}
    is_planned = chunks.is_planned(connection, batch.id)
    if is_planned:
        values |= {"status": Status.RUNNING, "phase": Phase.RUNNING, "started_ms": batch.started_ms or now}
    else:
        values |= {"phase": Phase.QUEUED}
    started = batches.change(connection, batch.id, **values)
    # Its last items were still in hand while it paused; or it was sealed while it waited, with no item in it.
    if is_planned and started.total is not None and started.processed >= started.total:
        return end(engine, connection, started, Status.COMPLETED)
    return Committed(started, queued=chunks.dispatch(connection, batch.id, batch.max_parallel))
