"""The engine against a model of it: random requests, messages, crashes and takeovers, in any order.

Messages are kept in a list, and run, repeated or lost as the test says; so nothing depends on time, and a
failure comes as the shortest list of steps that still shows it. A longer search than the one in `make test`:

    pytest tests/tasks/test_accounting.py --hypothesis-profile thorough
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import and_, or_, select, update

from errors import Conflict, LeaseLost
from settings import Settings
from store import batches, leases
from store.batches import BatchRow
from store.leases import PLAN, Lease
from store.tables import chunks, events
from tasks.engine import planning, slices
from tasks.engine.batches import BatchRequest
from tasks.engine.recovery import dispatch_waiting, recover
from tests import scripted_operations
from tests.tasks.accounting import OUTCOMES, Expected, Snapshot, check, check_end, describe
from tests.tasks.faulty_world import KINDS, Fault, FaultyDatabase, Pace, World

QUICK = hypothesis_settings(
    max_examples=60,
    stateful_step_count=40,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

CAP = 2
MAX_BATCHES = 6
# Long enough to never run out by itself: time passes when the test says so.
EVER_SECONDS = 3600
# Chunks over which this many workers were lost are not lost again: the engine would suspect their items.
MAX_LOSSES = {"plan": 1, "items": 3}

ITEMS = st.lists(st.sampled_from(list(OUTCOMES)), min_size=1, max_size=16)
RARELY = st.sampled_from([False] * 4 + [True])
INDEX = st.integers(0, 1000)
# One item a message, one item a commit, or all at once.
PACES = st.sampled_from([(1e-6, 1e-6), (60, 1e-6), (60, 10)])
FAULTS = st.sampled_from([None] * 15 + list(itertools.product([1, 2, 3], KINDS)))


class Machine(RuleBasedStateMachine):
    """What users, workers, messages and bad luck can do."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Expected] = {}
        # Leases of workers that take their time, some of which are thought dead by then.
        self.held: list[tuple[BatchRow, Lease]] = []
        self.all_messages: list[int] = []
        self.has_lost_something = False
        self.is_sound = True

    @initialize(kinds=ITEMS, data=st.data())
    def begin(self, kinds: list[str], data: Any) -> None:
        self.world.reset()
        self.messages = self.world.workbench.messages
        self.before = Snapshot.take(self.world.database)
        self._create(Expected("scripted", kinds), None, data, items=kinds)

    # What users do.

    @precondition(lambda self: len(self.known) < MAX_BATCHES)
    @rule(
        form=st.sampled_from(["items", "open", "source", "source"]), kinds=ITEMS, fault=FAULTS, data=st.data()
    )
    def create(self, form: str, kinds: list[str], fault: Fault, data: Any) -> None:
        if form != "items" and data.draw(RARELY, label="empty"):
            kinds = []
        if form == "source":
            self._create_from_source(kinds, fault, data)
        else:
            operation = data.draw(st.sampled_from(["scripted", "scripted-saving"]), label="operation")
            self._create(Expected(operation, kinds), fault, data, items=kinds, sealed=form != "open")

    @precondition(lambda self: self._has("running", "pending"))
    @rule(index=INDEX, is_for_good=RARELY, fault=FAULTS)
    def stop(self, index: int, is_for_good: bool, fault: Fault) -> None:
        if is_for_good:
            self._cancel(*self._some_batch(index, "running", "pending", "paused"), fault)
        else:
            self._pause(*self._some_batch(index, "running", "pending"), fault)

    @precondition(lambda self: self._has("paused"))
    @rule(index=INDEX, fault=FAULTS)
    def resume(self, index: int, fault: Fault) -> None:
        self._resume(*self._some_batch(index, "paused"), fault)

    @precondition(lambda self: self._has("running", "pending"))
    @rule(index=INDEX, count=st.integers(0, 5), pace=PACES)
    def interrupt(self, index: int, count: int, pace: Pace) -> None:
        """Somebody pauses a batch, its messages come to nothing, and it is resumed."""
        self._pause(*self._some_batch(index, "running", "pending"), None)
        for _ in range(min(count, len(self.messages))):
            self._run(self.messages.pop(0), pace, None)
        self.everything_adds_up()
        self._resume(*self._some_batch(index, "paused"), None)

    @precondition(lambda self: self._has("completed", "failed"))
    @rule(index=INDEX, fault=FAULTS)
    def retry(self, index: int, fault: Fault) -> None:
        wanted = ["failed"] if self._has("failed") and index % 3 else ["completed", "failed"]
        batch_id, was = self._some_batch(index, *wanted)
        known = self.known[batch_id]
        is_whole = len(self.before.results[batch_id]) == len(known.kinds)
        has_left = was.status == "failed" and (known.operation == "scripted-source" or not is_whole)
        refused = self._refused(self.world.workbench.batches.retry, batch_id, fault)
        assert refused == (was.status not in ("completed", "failed") or not (has_left or was.failed))
        after = self.world.workbench.batches.get(batch_id)
        # A batch that waits for one which was not completed fails again at once.
        if not refused and after.version > was.version:
            known.retries += 1

    @precondition(lambda self: self._has("open"))
    @rule(index=INDEX, kinds=ITEMS, fault=FAULTS)
    def add_items(self, index: int, kinds: list[str], fault: Fault) -> None:
        batch_id, was = self._some_batch(index, "open")

        def add(batch_id: str) -> None:
            self.world.workbench.batches.add_items(batch_id, kinds, offset=was.planned)

        assert self._refused(add, batch_id, fault) == (was.is_terminal or was.sealed)
        if self.world.workbench.batches.get(batch_id).planned > was.planned:
            self.known[batch_id].kinds += kinds

    @precondition(lambda self: self._has("open"))
    @rule(index=INDEX, fault=FAULTS)
    def seal(self, index: int, fault: Fault) -> None:
        batch_id, was = self._some_batch(index, "open")
        refused = self._refused(self.world.workbench.batches.seal, batch_id, fault)
        assert refused == (was.is_terminal and not was.sealed)

    # What workers do.

    @precondition(lambda self: self._has("running", "pending"))
    @rule(index=INDEX, pace=PACES, fault=FAULTS)
    def run_one(self, index: int, pace: Pace, fault: Fault) -> None:
        if self._has_messages():
            self._run(self.messages.pop(index % len(self.messages)), pace, fault)

    @precondition(lambda self: self._has("running", "pending"))
    @rule(count=st.integers(1, 20), pace=PACES)
    def run_the_oldest(self, count: int, pace: Pace) -> None:
        for _ in range(count):
            if not self._has_messages():
                break
            self._run(self.messages.pop(0), pace, None)

    @precondition(lambda self: self._has("running", "pending"))
    @rule(count=st.integers(1, 20), pace=PACES)
    def run_the_newest(self, count: int, pace: Pace) -> None:
        for _ in range(count):
            if not self._has_messages():
                break
            self._run(self.messages.pop(), pace, None)

    @precondition(lambda self: self._has("running", "pending") and self.all_messages)
    @rule(index=INDEX, state=st.sampled_from(["ready", "queued", "leased", "done"]), pace=PACES)
    def run_again(self, index: int, state: str, pace: Pace) -> None:
        """A message of the past, or one that comes twice."""
        fitting = [one for one in self.all_messages if self.before.chunk(one).state == state]
        chosen = fitting or self.all_messages
        self._run(chosen[index % len(chosen)], pace, None)

    @precondition(lambda self: self._has("running", "pending") or self.held)
    @rule(index=INDEX, what=st.sampled_from(["take", "take again", "end"]), pace=PACES, fault=FAULTS)
    def dawdle(self, index: int, what: str, pace: Pace, fault: Fault) -> None:
        """A worker takes a chunk and takes its time, or one comes to its end, thought dead or not."""
        ready = [one for one in self.all_messages if self.before.chunk(one).state == "ready"]
        if self.held and what == "end":
            self._finish(*self.held.pop(index % len(self.held)), pace, fault)
        elif ready and what == "take again":
            self._claim(ready[index % len(ready)])
        elif self._has_messages():
            self._claim(self.messages.pop(index % len(self.messages)))

    @precondition(lambda self: self.held)
    @rule(index=INDEX, is_heir_first=st.booleans(), pace=PACES, fault=FAULTS)
    def overtake(self, index: int, is_heir_first: bool, pace: Pace, fault: Fault) -> None:
        """The chunk of a slow worker is given to another; then both come to their end."""
        slow = self.held.pop(index % len(self.held))
        self._set(self._may_be_lost(slow[1].chunk_id), lease_until_ms=1)
        self._recover(None, only_timed=False)
        if slow[1].chunk_id in self.messages:
            self.messages.remove(slow[1].chunk_id)
            self._claim(slow[1].chunk_id)
        self.everything_adds_up()
        if is_heir_first and self.held:
            self._finish(*self.held.pop(), pace, None)
        self._finish(*slow, pace, fault)

    @precondition(lambda self: self._has("running", "pending"))
    @rule(fault=FAULTS, only_timed=st.booleans())
    def recover(self, fault: Fault, only_timed: bool) -> None:
        self._recover(fault, only_timed)

    # What bad luck and time do.

    @precondition(lambda self: self.messages)
    @rule(index=INDEX, is_flush=st.booleans())
    def lose_messages(self, index: int, is_flush: bool) -> None:
        if is_flush:
            self.messages.clear()
        else:
            self.messages.pop(index % len(self.messages))
        self.has_lost_something = True

    @precondition(lambda self: self._has("running", "pending"))
    @rule(what=st.sampled_from(["a lease", "leases", "messages", "pauses"]), index=INDEX)
    def time_passes(self, what: str, index: int) -> None:
        if what == "messages":
            self._let_messages_grow_old()
        elif what == "pauses":
            self._let_pauses_run_out()
        else:
            leased = [row.id for rows in self.before.chunks.values() for row in rows if row.state == "leased"]
            for chunk_id in leased if what == "leases" else leased[index % max(1, len(leased)) :][:1]:
                self._set(self._may_be_lost(chunk_id), lease_until_ms=1)

    # What must be true after each step, and in the end.

    @invariant()
    def everything_adds_up(self) -> None:
        self.is_sound = False
        now = Snapshot.take(self.world.database)
        self._adopt(now)
        for batch_id, batch in now.batches.items():
            known = self.known[batch_id]
            known.was_completed |= batch.status == "completed"
            known.was_unsuccessful |= batch.status in ("failed", "cancelled")
        check(now, self.before, self.known, CAP)
        if not self.has_lost_something:
            self._check_nothing_waits_for_recovery(now)
        self.all_messages += [one for one in self.messages if one not in self.all_messages]
        self.before = now
        self.is_sound = True

    def teardown(self) -> None:
        """Lets everything come to its end."""
        if not self.is_sound or not self.known:
            return
        world = self.world
        for batch_id in self.known:
            if world.workbench.batches.get(batch_id).status == "paused":
                world.workbench.batches.resume(batch_id)
                self.known[batch_id].resumes += 1
            if _is_in(world.workbench.batches.get(batch_id), ("open",)):
                world.workbench.batches.seal(batch_id)
        self.everything_adds_up()
        for _ in range(100):
            while self.messages:
                self._run(self.messages.pop(0), (60, 1e-6), None)
            if all(batch.is_terminal for batch in Snapshot.take(world.database).batches.values()):
                break
            self._let_pauses_run_out()
            self._let_messages_grow_old()
            self._set(chunks.c.state == "leased", lease_until_ms=1)
            recover(world.engine)
        with world.database.write() as connection:
            connection.execute(update(events).values(created_ms=1))
        recover(world.engine)
        self.everything_adds_up()
        check_end(self.before, self.known)
        for batch, lease in self.held:
            self._finish(batch, lease, (60, 10), None)
        self.everything_adds_up()

    # How it is done.

    def _create_from_source(self, kinds: list[str], fault: Fault, data: Any) -> None:
        is_broken = bool(kinds) and data.draw(st.integers(0, 2), label="broken") == 2
        filters = {
            "kinds": kinds,
            "counted": data.draw(st.booleans(), label="counted"),
            "broken_at": data.draw(st.integers(0, len(kinds) - 1), label="broken_at") if is_broken else None,
        }
        self._create(Expected("scripted-source", kinds, is_broken), fault, data, filters=filters)

    def _create(self, expected: Expected, fault: Fault, data: Any, **arguments: Any) -> None:
        expected.owner_id = data.draw(st.sampled_from(self.world.owners), label="owner")
        own = [batch_id for batch_id, known in self.known.items() if known.owner_id == expected.owner_id]
        if own and data.draw(RARELY, label="depends"):
            expected.needs = data.draw(st.lists(st.sampled_from(own), min_size=1, max_size=2), label="needs")
        if data.draw(RARELY, label="limited"):
            expected.max_failures = data.draw(st.integers(0, 2), label="max_failures")
        request = BatchRequest(
            operation=expected.operation,
            max_parallel=data.draw(st.integers(1, 3), label="max_parallel"),
            priority=data.draw(st.sampled_from(["normal", "high", "low"]), label="priority"),
            retry_attempts=data.draw(st.integers(1, 2), label="retry_attempts"),
            max_failures=expected.max_failures,
            depends_on=expected.needs,
            **arguments,
        )
        self.created = expected
        with self.world.database.failing(fault):
            self.world.workbench.batches.create(expected.owner_id, request)
        self._note_loss()

    def _pause(self, batch_id: str, was: BatchRow, fault: Fault) -> None:
        refused = self._refused(self.world.workbench.batches.pause, batch_id, fault)
        assert refused == was.is_terminal
        if was.status != "paused" and self._status(batch_id) == "paused":
            self.known[batch_id].pauses += 1

    def _resume(self, batch_id: str, was: BatchRow, fault: Fault) -> None:
        refused = self._refused(self.world.workbench.batches.resume, batch_id, fault)
        assert refused == was.is_terminal
        if was.status == "paused" and self._status(batch_id) != "paused":
            self.known[batch_id].resumes += 1

    def _cancel(self, batch_id: str, was: BatchRow, fault: Fault) -> None:
        refused = self._refused(self.world.workbench.batches.cancel, batch_id, fault)
        assert refused == (was.status in ("completed", "failed"))
        if was.status != "cancelled" and self._status(batch_id) == "cancelled":
            self.known[batch_id].cancels += 1

    def _adopt(self, now: Snapshot) -> None:
        """Takes note of a batch that was stored, even if its creator did not live to hear of it."""
        for batch_id in sorted(set(now.batches) - set(self.known)):
            self.known[batch_id] = self.created

    def _has(self, *states: str) -> bool:
        return any(_is_in(batch, states) for batch in self.before.batches.values())

    def _some_batch(self, index: int, *states: str) -> tuple[str, BatchRow]:
        """A batch in one of the states, and now and then any other."""
        found = list(self.before.batches.values())
        fitting = [batch for batch in found if _is_in(batch, states)]
        chosen = fitting if fitting and index % 4 else found
        batch = chosen[index // 4 % len(chosen)]
        return batch.id, batch

    def _status(self, batch_id: str) -> str:
        return self.world.workbench.batches.get(batch_id).status

    def _refused(self, method: Callable[[str], Any], batch_id: str, fault: Fault) -> bool:
        try:
            with self.world.database.failing(fault):
                method(batch_id)
        except Conflict:
            return True
        finally:
            self._note_loss()
        return False

    def _has_messages(self) -> bool:
        """True if there are messages; where there are none, time passes and recovery looks for what to do."""
        if not self.messages:
            self._let_messages_grow_old()
            self._let_pauses_run_out()
            self._recover(None, only_timed=False)
        return bool(self.messages)

    def _recover(self, fault: Fault, only_timed: bool) -> None:
        before = len(self.messages)
        with self.world.database.failing(fault):
            if only_timed:
                dispatch_waiting(self.world.engine, only_timed=True)
            else:
                recover(self.world.engine)
        self._note_loss()
        # Which batch comes first is the database's choice; an example must be the same each time.
        self.messages[before:] = sorted(self.messages[before:])

    def _run(self, chunk_id: int, pace: Pace, fault: Fault) -> None:
        """Runs one message; no item runs that has a result, or whose batch may not run."""
        world = self.world
        world.set_pace(pace)
        scripted_operations.RUNS.clear()
        before = Snapshot.take(world.database)
        with world.database.failing(fault):
            slices.run_slice(world.engine, chunk_id)
        self._note_loss()
        runs = scripted_operations.RUNS
        assert not runs or before.chunk(chunk_id).state not in ("leased", "done"), (
            "it was taken from a worker"
        )
        assert len(set(runs)) == len(runs), "an item ran twice in one slice"
        for batch_id, position in runs:
            batch = before.batches[batch_id]
            assert (batch.status, batch.phase) == ("running", "running"), "an item ran in spite of its batch"
            assert position not in {row.position for row in before.results[batch_id]}, "an item ran again"

    def _claim(self, chunk_id: int) -> None:
        with self.world.database.write() as connection:
            lease = leases.claim(connection, chunk_id, "slow worker", EVER_SECONDS)
            batch = batches.get(connection, lease.batch_id) if lease else None
        if lease and batch:
            self.held.append((batch, lease))

    def _finish(self, batch: BatchRow, lease: Lease, pace: Pace, fault: Fault) -> None:
        """Lets a worker commit what it has in hand; if its chunk was given away, it may change nothing."""
        world = self.world
        world.set_pace(pace)
        before = Snapshot.take(world.database)
        row = before.chunk(lease.chunk_id)
        is_held = (row.state, row.fence) == ("leased", lease.fence)
        work = planning.plan if lease.kind == PLAN else slices._work
        is_lost = False
        with world.database.failing(fault):
            try:
                work(world.engine, batch, lease)
            except LeaseLost:
                is_lost = True
        self._note_loss()
        if not is_held:
            assert is_lost or world.database.has_struck
            assert Snapshot.take(world.database) == before, "a worker wrote after its chunk was taken over"
        else:
            assert not is_lost or world.database.has_struck

    def _note_loss(self) -> None:
        self.has_lost_something |= self.world.database.has_struck

    def _may_be_lost(self, chunk_id: int) -> Any:
        few = or_(*(and_(chunks.c.kind == kind, chunks.c.losses < most) for kind, most in MAX_LOSSES.items()))
        return and_(chunks.c.id == chunk_id, chunks.c.state == "leased", few)

    def _let_messages_grow_old(self) -> None:
        self._set(chunks.c.state == "queued", dispatched_ms=1)

    def _let_pauses_run_out(self) -> None:
        """The time of all items that were to be tried again comes."""
        with self.world.database.write() as connection:
            query = select(chunks.c.id, chunks.c.deferred).where(chunks.c.deferred.is_not(None))
            for row in connection.execute(query).all():
                deferred = {position: [attempts, 0] for position, (attempts, _) in row.deferred.items()}
                connection.execute(update(chunks).where(chunks.c.id == row.id).values(deferred=deferred))
        self._set(chunks.c.not_before_ms.is_not(None), not_before_ms=1)

    def _set(self, condition: Any, **values: Any) -> None:
        with self.world.database.write() as connection:
            connection.execute(update(chunks).where(condition).values(**values))

    def _check_nothing_waits_for_recovery(self, now: Snapshot) -> None:
        """While no process died and no message got lost, nothing is left to recovery."""
        for batch_id in (batch.id for batch in now.batches.values() if batch.status == "running"):
            queued = {row.id for row in now.chunks[batch_id] if row.state == "queued"}
            assert queued <= set(self.messages), f"nobody was told: {describe(now, batch_id)}"


def _is_in(batch: BatchRow, states: tuple[str, ...]) -> bool:
    return batch.status in states or ("open" in states and not batch.sealed and not batch.is_terminal)


@pytest.fixture
def world(
    make_settings: Callable[..., Settings], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    values = {
        "operation_modules": "tests.scripted_operations",
        "chunk_items": 3,
        "max_running_per_user": CAP,
        "lease_seconds": EVER_SECONDS,
        "dispatch_timeout_seconds": EVER_SECONDS,
        "retry_base_seconds": EVER_SECONDS,
        "retry_max_seconds": EVER_SECONDS,
    }
    world = World(make_settings(**values), FaultyDatabase(database_url))
    # Ids that do not depend on the time, plans in several steps, and chunks that are shared at once.
    monkeypatch.setattr("tasks.engine.batches.new_id", world.next_id)
    monkeypatch.setattr("tasks.engine.planning.CHUNKS_PER_COMMIT", 2)
    monkeypatch.setattr("tasks.engine.planning.CHUNKS_PER_SLOT", 1)
    monkeypatch.setattr("tasks.engine.commits.SHARE_SECONDS", 0)
    monkeypatch.setattr("tasks.engine.retry.FIRST_PAUSE_SECONDS", 1e-4)
    # What `tests/tasks/test_items.py` tries in real processes would take a fork for each item here.
    monkeypatch.setattr("tasks.items.running.run_isolated", lambda run, _context, _timeout: run())
    yield world
    world.workbench.engine.close()


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_the_accounts_are_right_whatever_happens_in_whatever_order(world: World) -> None:
    class Trial(Machine):
        pass

    Trial.world = world
    profile = hypothesis_settings.get_current_profile_name()
    chosen = QUICK if profile == "default" else hypothesis_settings.default
    run_state_machine_as_test(Trial, settings=chosen)
