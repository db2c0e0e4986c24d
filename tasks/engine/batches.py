"""Creating and controlling batches: what HTTP, the CLI and a Flask shell call.

Each method is one transaction under the lock of the batch, so that any of them may come at the same time as
another, or twice.
"""

from __future__ import annotations

from dataclasses import replace
from typing import IO, Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from errors import Conflict, Forbidden, InvalidInput, NotFound
from realtime.contract.events import BATCH_CREATED, BATCH_PAUSED, BATCH_RESUMED, user_room
from realtime.contract.presentation import to_batch
from realtime.publish import outbox
from store import admission, batches, chunks, events, results, uploads, users
from store.batches import BatchRow
from store.ids import new_id
from store.states import Phase, Status
from tasks.engine.admission import admit_after, admit_locked, settle
from tasks.engine.endings import Committed, end
from tasks.engine.engine import Engine
from tasks.engine.planning import chunk_size
from tasks.engine.requests import BatchRequest, check_items, key_of, to_values
from tasks.operation import Operation

__all__ = ["BatchRequest", "Batches"]


class Batches:
    """The service that makes and controls batches."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, owner_id: str, request: BatchRequest) -> BatchRow:
        """Stores a batch, tells its owner and sends it to the workers.

        Raises:
            InvalidInput: The request breaks a rule; nothing was stored.
            Forbidden: The operation is for others than its owner.
            Conflict: The idempotency key was used for another request.
        """
        return self.find_or_create(owner_id, request)[0]

    def find_or_create(self, owner_id: str, request: BatchRequest) -> tuple[BatchRow, bool]:
        """Like `create`; also tells whether the batch is new, or was created before with the same key."""
        operation = self._engine.operation(request.operation)
        self._check_roles(owner_id, operation)
        values = to_values(request, operation, self._engine.settings) | {"id": new_id(), "owner_id": owner_id}
        key = request.idempotency_key
        if key and (found := self._created_before(owner_id, key, values)):
            return found, False
        try:
            return self._store(values, request), True
        except IntegrityError:
            # Somebody else created it between our look and our insert.
            if key and (found := self._created_before(owner_id, key, values)):
                return found, False
            raise

    def create_from_upload(
        self, owner_id: str, request: BatchRequest, stream: IO[bytes], filename: str | None
    ) -> tuple[BatchRow, bool]:
        """Keeps a file and goes on like `find_or_create`; where no new batch comes of it the file goes again.

        Raises:
            TooLarge: The file is over the limit.
        """
        settings = self._engine.settings
        path, name = uploads.save(settings.upload_dir, stream, filename, settings.max_upload_bytes)
        is_new = False
        try:
            request = replace(request, upload_path=path, upload_name=name)
            batch, is_new = self.find_or_create(owner_id, request)
        finally:
            if not is_new:
                uploads.drop(path)
        return batch, is_new

    def _check_roles(self, owner_id: str, operation: Operation) -> None:
        """Lets only those start an operation that it is for, whichever way they come."""
        if not operation.roles:
            return
        with self._engine.database.read() as connection:
            user = users.get(connection, owner_id)
        if user is None or not operation.may_be_started_by(user.roles):
            roles = " or ".join(sorted(operation.roles))
            raise Forbidden(f"{operation.name} may only be started by users with the role {roles}")

    def get(self, batch_id: str) -> BatchRow:
        """The batch of that id.

        Raises:
            NotFound: There is none.
        """
        with self._engine.database.read() as connection:
            return _found(batches.get(connection, batch_id), batch_id)

    def add_items(self, batch_id: str, items: list[Any], *, offset: int | None = None) -> BatchRow:
        """Adds items to a batch that was not sealed.

        Args:
            offset: How many items the caller believes to be there; guards against adding twice.

        Raises:
            NotFound: There is no such batch.
            Conflict: It is sealed or at its end, or has another number of items.
            InvalidInput: An item cannot be stored; none was added.
        """
        engine = self._engine
        check_items(items, engine.settings.max_inline_items)
        with engine.database.write() as connection:
            batch = _found(batches.lock(connection, batch_id), batch_id)
            if batch.is_terminal or batch.sealed:
                state = f"is {batch.status}" if batch.is_terminal else "is sealed"
                raise Conflict(f"The batch {state}, nothing can be added")
            if offset is not None and offset != batch.planned:
                raise Conflict(f"The batch has {batch.planned} items, not {offset}; nothing was added")
            self._add_items(connection, batch, batch.planned, items)
            changed = batches.change(connection, batch_id, planned=batch.planned + len(items))
            committed = Committed(changed)
            if changed.status == Status.RUNNING:
                committed.queued = chunks.dispatch(connection, batch_id, batch.max_parallel)
        settle(engine, committed)
        return changed

    def seal(self, batch_id: str) -> BatchRow:
        """Says that no more items will come; the batch ends with the last of them.

        Raises:
            NotFound: There is no such batch.
            Conflict: It has ended before it was sealed.
        """
        engine = self._engine
        with engine.database.write() as connection:
            batch = _found(batches.lock(connection, batch_id), batch_id)
            if batch.sealed:
                return batch
            _refuse_if_ended(batch, "sealed")
            sealed = batches.change(connection, batch_id, sealed=True, total=batch.planned)
            committed = Committed(sealed)
            if sealed.processed >= batch.planned and sealed.phase == Phase.RUNNING:
                committed = end(engine, connection, sealed, Status.COMPLETED)
        settle(engine, committed)
        return committed.batch

    def pause(self, batch_id: str) -> BatchRow:
        """Lets no further item start until `resume`; what is in hand is told to stop.

        Raises:
            NotFound: There is no such batch.
            Conflict: It has ended.
        """
        engine = self._engine
        with engine.database.write() as connection:
            batch = _found(batches.lock(connection, batch_id), batch_id)
            if batch.status == Status.PAUSED:
                return batch
            _refuse_if_ended(batch, "paused")
            chunks.release_queued(connection, batch_id)
            batch = batches.change(connection, batch_id, status=Status.PAUSED)
            event_id = _add_event(connection, batch, BATCH_PAUSED)
        self._tell(event_id)
        settle(engine, *admit_after(engine, batch))
        return batch

    def resume(self, batch_id: str) -> BatchRow:
        """Lets a paused batch go on, as soon as its owner's other batches leave room.

        Raises:
            NotFound: There is no such batch.
            Conflict: It has ended.
        """
        engine = self._engine
        owner_id = self.get(batch_id).owner_id
        with engine.database.write() as connection:
            admission.lock_owner(connection, owner_id)
            batch = _found(batches.lock(connection, batch_id), batch_id)
            if batch.status != Status.PAUSED:
                _refuse_if_ended(batch, "resumed")
                return batch
            batches.change(connection, batch_id, status=Status.PENDING, phase=Phase.WAITING, message="")
            batch, event_id, started = self._admit_and_tell(connection, batch, BATCH_RESUMED)
        self._tell(event_id)
        settle(engine, *started)
        return batch

    def retry(self, batch_id: str) -> BatchRow:
        """Runs the failed items of a batch again that has ended, and what was left when it failed.

        What was left may be a source that could not be read to its end: it is read on from where it broke.

        Raises:
            NotFound: There is no such batch.
            Conflict: It has not ended, was cancelled, nothing of it failed, or its file is gone.
        """
        engine = self._engine
        known = self.get(batch_id)
        owner_id = known.owner_id
        self._check_roles(owner_id, engine.operation(known.operation))
        with engine.database.write() as connection:
            admission.lock_owner(connection, owner_id)
            batch = _found(batches.lock(connection, batch_id), batch_id)
            if batch.status not in (Status.COMPLETED, Status.FAILED):
                raise Conflict(f"The batch is {batch.status}; only what has ended can be retried")
            if batch.failed == 0 and not chunks.has_left(connection, batch_id):
                raise Conflict("No item of the batch failed, there is nothing to retry")
            needs_file = batch.upload_path is not None and not chunks.is_planned(connection, batch_id)
            if needs_file and not uploads.exists(batch.upload_path):
                raise Conflict("The file could not be read and was not kept; send it again as a new batch")
            chunks.rerun_failed(connection, batch_id)
            results.forget_failures(connection, batch_id)
            batches.change(
                connection,
                batch_id,
                status=Status.PENDING,
                phase=Phase.WAITING,
                message="",
                processed=batch.processed - batch.failed,
                failed=0,
                finished_ms=None,
                error_code=None,
                error_message=None,
            )
            batch, event_id, started = self._admit_and_tell(connection, batch, BATCH_RESUMED)
        self._tell(event_id)
        settle(engine, *started)
        return batch

    def cancel(self, batch_id: str) -> BatchRow:
        """Ends a batch; what was committed stays, and what is in hand is told to stop.

        Raises:
            NotFound: There is no such batch.
            Conflict: It has ended already in another way.
        """
        engine = self._engine
        with engine.database.write() as connection:
            batch = _found(batches.lock(connection, batch_id), batch_id)
            if batch.status == Status.CANCELLED:
                return batch
            _refuse_if_ended(batch, "cancelled")
            chunks.release_queued(connection, batch_id)
            cancelled = end(engine, connection, batch, Status.CANCELLED)
        uploads.drop(cancelled.batch.upload_path)
        self._tell(*cancelled.event_ids)
        settle(engine, *admit_after(engine, cancelled.batch))
        return cancelled.batch

    def _created_before(self, owner_id: str, key: str, values: dict[str, Any]) -> BatchRow | None:
        with self._engine.database.read() as connection:
            found = batches.by_idempotency_key(connection, owner_id, key)
        if found is not None and found.request_hash != values["request_hash"]:
            raise Conflict(f"The idempotency key was used for another request, batch {found.id}")
        return found

    def _store(self, values: dict[str, Any], request: BatchRequest) -> BatchRow:
        engine = self._engine
        values |= {"status": Status.PENDING, "phase": Phase.WAITING}
        if request.items is not None:
            values |= {"planned": len(request.items)}
            values |= {"total": len(request.items) if request.sealed else None}
        with engine.database.write() as connection:
            admission.lock_owner(connection, values["owner_id"])
            _check_dependencies(connection, values["owner_id"], request.depends_on)
            batch = batches.add(connection, values)
            admission.add_dependencies(connection, batch.id, sorted(set(request.depends_on)))
            if request.items is None:
                chunks.add_plan(connection, batch.id)
            else:
                self._add_items(connection, batch, 0, request.items)
            batch, event_id, started = self._admit_and_tell(connection, batch, BATCH_CREATED)
        self._tell(event_id)
        settle(engine, *started)
        return batch

    def _add_items(self, connection: Connection, batch: BatchRow, first: int, items: list[Any]) -> None:
        size = chunk_size(len(items), batch.max_parallel, self._engine.settings.chunk_items)
        pairs = [(key_of(item, first + index), item) for index, item in enumerate(items)]
        blocks = (chunks.encode(pairs[offset : offset + size]) for offset in range(0, len(pairs), size))
        chunks.add_items(connection, batch.id, first, blocks)

    def _admit_and_tell(
        self, connection: Connection, batch: BatchRow, event: str
    ) -> tuple[BatchRow, int, list[Committed]]:
        """Starts what the owner's cap allows, and adds the event with the state that the batch has then."""
        event_id = _add_event(connection, batch, event)  # Before those of what starts, or ends, by it.
        started = admit_locked(self._engine, connection, batch.owner_id)
        current = _found(batches.get(connection, batch.id), batch.id)
        events.set_payload(connection, event_id, to_batch(current).dump())
        return current, event_id, started

    def _tell(self, *event_ids: int) -> None:
        outbox.deliver(self._engine.database, self._engine.emitter, list(event_ids))


def _check_dependencies(connection: Connection, owner_id: str, needs: list[str]) -> None:
    """A batch can only wait for batches that exist, so that none waits for itself by any detour."""
    for index, batch_id in enumerate(needs):
        needed = batches.get(connection, batch_id)
        if needed is None or needed.owner_id != owner_id:
            raise InvalidInput.of(f"dependsOn.{index}", "unknown", f"you have no batch {batch_id}")


def _refuse_if_ended(batch: BatchRow, what: str) -> None:
    if batch.is_terminal:
        raise Conflict(f"The batch is {batch.status} and can no longer be {what}")


def _add_event(connection: Connection, batch: BatchRow, event: str) -> int:
    payload = to_batch(batch).dump()
    room = user_room(batch.owner_id)
    return events.add(connection, room=room, batch_id=batch.id, event=event, payload=payload)


def _found(batch: BatchRow | None, batch_id: str) -> BatchRow:
    if batch is None:
        raise NotFound(f"There is no batch {batch_id}")
    return batch
