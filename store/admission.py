"""Who may start: a user's running batches are capped, and some batches wait for others.

A batch that may not start yet is `pending` in the phase `waiting`. Each change of it happens under the
lock of its owner, so that two starts at the same time cannot pass the cap together.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, and_, exists, func, insert, select

from store.batches import BatchRow, may_run, row_to_batch, selection
from store.states import Phase, Status
from store.tables import batches, dependencies, users

# Who waits for such a batch waits in vain.
_VAIN = (Status.FAILED, Status.CANCELLED)
_waiting = and_(batches.c.status == Status.PENDING, batches.c.phase == Phase.WAITING)


def lock_owner(connection: Connection, owner_id: str) -> None:
    """Makes others who admit batches of that user wait until the transaction ends.

    Take it before the lock of a batch, never after.
    """
    # Only against each other: events and batches of the user may still be added.
    statement = select(users.c.id).where(users.c.id == owner_id).with_for_update(key_share=True)
    connection.execute(statement)


def add_dependencies(connection: Connection, batch_id: str, needs: Sequence[str]) -> None:
    """Makes the batch wait for others."""
    if needs:
        connection.execute(insert(dependencies), [{"batch_id": batch_id, "needs_id": one} for one in needs])


def running_count(connection: Connection, owner_id: str) -> int:
    """How many batches of the user have started and neither ended nor pause."""
    query = select(func.count()).where(batches.c.owner_id == owner_id, may_run())
    return int(connection.execute(query).scalar_one())


def ready_to_start(connection: Connection, owner_id: str, limit: int) -> list[BatchRow]:
    """The user's waiting batches whose dependencies are all completed: by priority, then by age."""
    needed = batches.alias()
    waits_for_others = exists().where(
        dependencies.c.batch_id == batches.c.id,
        needed.c.id == dependencies.c.needs_id,
        needed.c.status != Status.COMPLETED,
    )
    statement = (
        select(*selection())
        .where(batches.c.owner_id == owner_id, _waiting, ~waits_for_others)
        .order_by(batches.c.priority, batches.c.created_ms, batches.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [row_to_batch(row) for row in connection.execute(statement)]


def hopeless(connection: Connection, owner_id: str) -> list[tuple[str, str]]:
    """The user's waiting batches that wait for one that was not completed.

    Returns:
        For each the id, and a description of the batch that it waited for.
    """
    needed = batches.alias()
    statement = (
        select(batches.c.id, needed.c.id, needed.c.name, needed.c.status)
        .join(dependencies, dependencies.c.batch_id == batches.c.id)
        .join(needed, needed.c.id == dependencies.c.needs_id)
        .where(batches.c.owner_id == owner_id, _waiting, needed.c.status.in_(_VAIN))
        .order_by(batches.c.id)
    )
    found = connection.execute(statement).all()
    return [(batch_id, f"{name!r} ({needs_id}) is {status}") for batch_id, needs_id, name, status in found]


def owners_affected(connection: Connection, batch: BatchRow) -> list[str]:
    """Who may have something to start when the batch ends: its owner, and owners of what waits for it."""
    query = (
        select(batches.c.owner_id)
        .join(dependencies, dependencies.c.batch_id == batches.c.id)
        .where(dependencies.c.needs_id == batch.id, _waiting)
    )
    return sorted({batch.owner_id, *connection.execute(query).scalars()})


def owners_waiting(connection: Connection) -> list[str]:
    """The users who have batches that wait."""
    return list(connection.execute(select(batches.c.owner_id).where(_waiting).distinct()).scalars())
