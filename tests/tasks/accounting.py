"""What must be true of the engine's tables at any moment, and what a test knows about its batches."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, select

from realtime.contract.events import SYSTEM_NOTIFICATION
from store import batches
from store.batches import BatchRow
from store.database import Database
from store.states import TERMINAL
from store.tables import batches as batches_table
from store.tables import catalog_nodes, chunks, events, failure_groups, notifications, results
from tasks.outcomes import FAILED, SKIPPED, SUCCESSFUL

OUTCOMES = {
    "success": SUCCESSFUL,
    "transient": SUCCESSFUL,
    "fail": FAILED,
    "overloaded": FAILED,
    "skip": SKIPPED,
}

# These may change without a new version of the batch.
UNVERSIONED = {"version": 0, "redeliveries": 0, "recoveries": 0}


@dataclass
class Expected:
    """What the test knows about a batch.

    Attributes:
        kinds: What each item does, by position.
        is_broken: True if the source cannot be read to its end.
        was_unsuccessful: True once it was seen failed or cancelled.
        was_completed: True once it was seen completed.
    """

    operation: str
    kinds: list[str]
    is_broken: bool = False
    owner_id: str = ""
    max_failures: int | None = None
    needs: list[str] = field(default_factory=list)
    pauses: int = 0
    resumes: int = 0
    retries: int = 0
    cancels: int = 0
    was_unsuccessful: bool = False
    was_completed: bool = False

    def outcome(self, position: int) -> int:
        """What becomes of the item in the end."""
        return OUTCOMES[self.kinds[position]]

    @property
    def fails_too_often(self) -> bool:
        """True if more items fail than may."""
        failing = sum(1 for kind in self.kinds if OUTCOMES[kind] == FAILED)
        return self.max_failures is not None and failing > self.max_failures


@dataclass(frozen=True)
class Snapshot:
    """All rows of the engine's tables at one moment."""

    batches: dict[str, BatchRow]
    chunks: dict[str, list[Row[Any]]]
    results: dict[str, list[Row[Any]]]
    events: dict[str, list[Row[Any]]]
    notices: dict[str, list[Row[Any]]]
    grouped_failures: Counter[str]
    effects: list[tuple[str, str]]

    @classmethod
    def take(cls, database: Database) -> Snapshot:
        """Reads everything in one transaction."""
        of_batch: dict[str, Any] = {"chunks": defaultdict(list), "results": defaultdict(list)}
        of_batch |= {"events": defaultdict(list), "notices": defaultdict(list)}
        with database.read() as connection:
            rows = connection.execute(select(*batches.selection()).order_by(batches_table.c.id)).all()
            found = {batch.id: batch for batch in map(batches.row_to_batch, rows)}
            owner_of_chunk = {}
            for row in connection.execute(select(chunks).order_by(chunks.c.first, chunks.c.id)):
                of_batch["chunks"][row.batch_id].append(row)
                owner_of_chunk[row.id] = row.batch_id
            for row in connection.execute(select(results).order_by(results.c.position, results.c.chunk_id)):
                of_batch["results"][owner_of_chunk[row.chunk_id]].append(row)
            for row in connection.execute(select(events).order_by(events.c.id)):
                if row.event == SYSTEM_NOTIFICATION:
                    of_batch["notices"][row.payload["batchId"]].append(row)
                else:
                    of_batch["events"][row.batch_id].append(row)
            kept = Counter(connection.execute(select(notifications.c.batch_id)).scalars())
            assert kept == {batch_id: len(rows) for batch_id, rows in of_batch["notices"].items()}
            groups: Counter[str] = Counter()
            for row in connection.execute(select(failure_groups)):
                groups[row.batch_id] += row._mapping["count"]
            query = select(catalog_nodes.c.source_batch_id, catalog_nodes.c.id)
            effects = sorted((row.source_batch_id, row.id) for row in connection.execute(query))
        return cls(batches=found, grouped_failures=groups, effects=effects, **of_batch)

    def states(self, batch_id: str) -> Counter[str]:
        """How many chunks of a batch are in each state."""
        return Counter(row.state for row in self.chunks[batch_id])

    def chunk(self, chunk_id: int) -> Row[Any]:
        """The row of a chunk."""
        return next(row for rows in self.chunks.values() for row in rows if row.id == chunk_id)


def check(now: Snapshot, before: Snapshot, expected: dict[str, Expected], cap: int) -> None:
    """Holds every law against the tables.

    Args:
        before: The tables one step earlier.
        cap: How many batches of a user may run at a time.
    """
    assert set(now.batches) == set(expected)
    for batch_id, batch in now.batches.items():
        known = expected[batch_id]
        _check_counters(now, batch, known)
        for row in now.chunks[batch_id]:
            _check_chunk(row, [one for one in now.results[batch_id] if one.chunk_id == row.id])
        _check_cover(now, batch)
        states = now.states(batch_id)
        assert states["queued"] + states["leased"] <= batch.max_parallel, f"{states} of {batch.max_parallel}"
        _check_events(now, batch, known)
        _check_notices(now, batch, known)
        if batch_id in before.batches:
            _check_step(before.batches[batch_id], batch, known)
        assert not (batch.status == "completed" and known.is_broken)
        if now.results[batch_id]:
            assert all(expected[needed].was_completed for needed in known.needs), "began too early"
    for owner_id in {known.owner_id for known in expected.values()}:
        of_owner = [batch for batch in now.batches.values() if batch.owner_id == owner_id]
        running = [b for b in of_owner if b.status in ("pending", "running") and b.phase != "waiting"]
        assert len(running) <= cap, f"{len(running)} batches of one user run"


def check_end(now: Snapshot, expected: dict[str, Expected]) -> None:
    """What must be true once nothing is left to do: each batch ended, and as its items say."""
    for batch_id, batch in now.batches.items():
        known = expected[batch_id]
        assert batch.is_terminal, f"{batch_id} is stuck: {describe(now, batch_id)}"
        assert all(row.seq is not None for row in now.events[batch_id])
        assert now.states(batch_id)["queued"] == 0 or batch.status != "completed"
        if batch.status == "cancelled":
            continue
        if batch.error_code == "dependency_failed":
            assert any(expected[needed].was_unsuccessful for needed in known.needs)
            continue
        assert (batch.status == "failed") == (known.is_broken or known.fails_too_often), describe(
            now, batch_id
        )
        if batch.status == "failed":
            assert batch.error_code == ("invalid_input" if known.is_broken else "failure_limit")
            continue
        assert {row.position: row.outcome for row in now.results[batch_id]} == {
            position: known.outcome(position) for position in range(len(known.kinds))
        }
        assert batch.total == batch.planned == len(known.kinds)


def describe(now: Snapshot, batch_id: str) -> str:
    """A batch and its chunks in a few lines, for a failed assertion."""
    batch = now.batches[batch_id]
    lines = [f"{batch.status}/{batch.phase} {batch.processed} of {batch.total}, planned {batch.planned}"]
    lines[0] += f", {batch.error_code} {batch.error_message}"
    for row in now.chunks[batch_id]:
        lines.append(f"  {row.kind} {row.first}+{row.size}: {row.state}, done {row.done}, {row.deferred}")
    return "\n".join(lines)


def _check_counters(now: Snapshot, batch: BatchRow, known: Expected) -> None:
    rows = now.results[batch.id]
    positions = [row.position for row in rows]
    assert len(set(positions)) == len(positions), f"two results for one item: {positions}"
    assert set(positions) <= set(range(batch.planned))
    outcomes = Counter(row.outcome for row in rows)
    counted = (batch.successful, batch.failed, batch.skipped)
    assert counted == (outcomes[SUCCESSFUL], outcomes[FAILED], outcomes[SKIPPED])
    assert batch.processed == sum(counted)
    assert batch.planned <= len(known.kinds)
    assert batch.processed <= (batch.planned if batch.total is None else batch.total)
    assert now.grouped_failures[batch.id] == batch.failed
    for row in rows:
        assert row.outcome == known.outcome(row.position), f"item {row.position}: {row.outcome} {row.error}"
    if batch.status == "completed":
        assert batch.processed == batch.total == len(known.kinds)
    saved = [node_id for batch_id, node_id in now.effects if batch_id == batch.id]
    wanted = [f"{batch.id}/{row.position}" for row in rows if row.outcome == SUCCESSFUL]
    assert saved == (sorted(wanted) if known.operation == "scripted-saving" else [])


def _check_chunk(row: Row[Any], of_chunk: list[Row[Any]]) -> None:
    if row.kind == "plan":
        return
    positions = {one.position for one in of_chunk}
    assert positions <= set(range(row.first, row.first + row.done))
    assert row.done <= row.size
    deferred = {int(position) for position in row.deferred or {}}
    if not row.rerun:
        assert positions | deferred == set(range(row.first, row.first + row.done))
        assert not positions & deferred
    assert row.failed == sum(1 for one in of_chunk if one.outcome == FAILED)
    assert (row.state == "done") == (len(positions) == row.size)
    assert (row.worker is not None) == (row.state == "leased")


def _check_cover(now: Snapshot, batch: BatchRow) -> None:
    """The chunks hold each position once."""
    of_items = [row for row in now.chunks[batch.id] if row.kind == "items"]
    ends = [0, *(row.first + row.size for row in of_items)]
    assert [row.first for row in of_items] == ends[:-1]
    assert ends[-1] == batch.planned


def _check_events(now: Snapshot, batch: BatchRow, known: Expected) -> None:
    rows = now.events[batch.id]
    assert {row.room for row in rows} == {f"user:{batch.owner_id}"}
    numbers = [row.seq for row in rows if row.seq is not None]
    assert numbers == sorted(numbers), "told in another order than it happened"
    names = Counter(row.event for row in rows)
    # A batch can only be retried once it has ended, so each retry stands for one ending more.
    endings = known.retries + (batch.status in ("completed", "failed"))
    wanted = {
        "batch:created": 1,
        "batch:paused": known.pauses,
        "batch:resumed": known.resumes + known.retries,
        "batch:cancelled": known.cancels,
    }
    assert {name: names.pop(name, 0) for name in wanted} == wanted
    assert names["batch:complete"] + names["batch:error"] == names.total() == endings
    assert rows[0].event == "batch:created"
    versions = [row.payload["version"] for row in rows[1:]]
    assert all(earlier <= later for earlier, later in pairwise(versions)), f"{versions}"
    if batch.status == "completed":
        assert rows[-1].event == "batch:complete"
        counts = {"successful": batch.successful, "failed": batch.failed, "skipped": batch.skipped}
        assert rows[-1].payload["results"] == {"total": batch.total, **counts}
    if batch.status in ("failed", "cancelled"):
        assert rows[-1].event == {"failed": "batch:error", "cancelled": "batch:cancelled"}[batch.status]


def _check_notices(now: Snapshot, batch: BatchRow, known: Expected) -> None:
    """Its owner is told of each end but a cancellation once, in the words that fit it."""
    rows = now.notices[batch.id]
    assert {row.room for row in rows} <= {f"user:{batch.owner_id}"}
    ended = batch.status in ("completed", "failed")
    assert len(rows) == known.retries + ended
    if ended:
        last = rows[-1].payload
        severity = "error" if batch.status == "failed" else "warning" if batch.failed else "info"
        assert last["severity"] == severity
        assert last["title"] == f"Batch {batch.name} {batch.status}"
        if batch.status == "completed":
            assert f"{batch.successful} of {batch.total} successful" in last["message"]


def _check_step(before: BatchRow, batch: BatchRow, known: Expected) -> None:
    if replace(batch, **UNVERSIONED) == replace(before, **UNVERSIONED):
        assert batch.version >= before.version
    else:
        assert batch.version > before.version, "something changed and the version did not"
    assert batch.redeliveries >= before.redeliveries
    assert batch.recoveries >= before.recoveries
    if before.status == "cancelled":
        assert batch.status == "cancelled"
    if before.status in TERMINAL and batch.status == before.status:
        assert batch.finished_ms == before.finished_ms or known.retries
