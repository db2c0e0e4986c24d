"""The batches of the soak, what must become of them, and the count of what did not."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from store.database import Database
from store.ids import new_id
from store.states import FAILED, SKIPPED, SUCCESSFUL
from store.tables import batches as batches_table
from store.tables import catalog_nodes, chunks, events, results

TERMINAL_EVENTS = ("batch:complete", "batch:error", "batch:cancelled")
OUTCOMES = {"a": SUCCESSFUL, "fail": FAILED, "skip": SKIPPED, "crash": FAILED}


@dataclass
class Planned:
    """A batch that is to be started, or was.

    Attributes:
        body: What is sent to `/api/batch/create`.
        expected: The outcome of each item, by position.
        key: Sent along, so that a start whose answer was lost can be sent again.
        to_add: Items that are added while it runs.
    """

    user: int
    body: dict[str, Any]
    expected: list[int]
    key: str = field(default_factory=new_id)
    batch_id: str | None = None
    to_add: list[Any] = field(default_factory=list)
    retries: int = 0
    is_cancelled: bool = False


def plan(chance: random.Random, user: int, folder: Path) -> Planned:
    """One batch of a kind that the dice choose."""
    kind = chance.choice(["mixed", "mixed", "slow", "noop", "flaky", "poison", "insert", "open"])
    body: dict[str, Any] = {"priority": chance.choice(["high", "normal", "low"])}
    body["maxParallel"] = chance.choice([1, 2, 4, 8])
    if kind == "noop":
        count = chance.randrange(1, 20_000)
        body |= {"operation": "noop", "filters": {"count": count, "counted": chance.random() < 0.5}}
        return Planned(user, body, [SUCCESSFUL] * count)
    if kind in ("mixed", "open"):
        items = chance.choices(list(OUTCOMES), [20, 2, 2, 1], k=chance.randrange(1, 600))
        body |= {"operation": "mixed", "items": items}
        expected = [OUTCOMES[item] for item in items]
        if kind == "open":
            more = chance.choices(["a", "fail"], k=chance.randrange(1, 200))
            expected += [OUTCOMES[item] for item in more]
            return Planned(user, body | {"sealed": False}, expected, to_add=more)
        return Planned(user, body, expected)
    count = chance.randrange(5, 300)
    if kind == "slow":
        body |= {"operation": "sleep", "items": list(range(count)), "options": {"seconds": 0.02}}
    elif kind == "insert":
        body |= {"operation": "insert", "items": [f"soak-{new_id()}" for _ in range(count)]}
    elif kind == "flaky":
        body |= {"operation": "flaky", "items": chance.choices(["a", "fine"], [1, 9], k=count)}
        # More tries than it needs: a killed worker takes the note of its try along, or leaves one too many.
        body |= {"options": {"folder": str(folder), "times": 1}, "retryAttempts": 5}
    else:
        items = ["fine"] * count
        items[chance.randrange(count)] = "exit"
        body |= {"operation": "poison", "items": items, "options": {"folder": str(folder)}}
        return Planned(user, body, [FAILED if item == "exit" else SUCCESSFUL for item in items])
    return Planned(user, body, [SUCCESSFUL] * count)


@dataclass
class Verdict:
    """What went wrong, and the totals."""

    lost: int = 0
    duplicated: int = 0
    stuck: int = 0
    items: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    recoveries: int = 0
    redeliveries: int = 0
    retries: int = 0
    notes: list[str] = field(default_factory=list)


def judge(database: Database, planned: list[Planned]) -> Verdict:
    """Compares what the database holds with what must be there."""
    verdict = Verdict()
    for one in planned:
        if one.batch_id is not None:
            _judge_batch(database, one, verdict)
        else:
            verdict.stuck += 1
            verdict.notes.append(f"a batch of {one.body['operation']} was never accepted")
    return verdict


def _judge_batch(database: Database, one: Planned, verdict: Verdict) -> None:
    with database.read() as connection:
        batch = connection.execute(select(batches_table).where(batches_table.c.id == one.batch_id)).one()
        found = connection.execute(
            select(results.c.position, results.c.outcome)
            .join(chunks, chunks.c.id == results.c.chunk_id)
            .where(chunks.c.batch_id == one.batch_id)
        ).all()
        terminal = connection.execute(
            select(func.count()).where(events.c.batch_id == one.batch_id, events.c.event.in_(TERMINAL_EVENTS))
        ).scalar_one()
        nodes = 0
        if one.body["operation"] == "insert":
            ids = one.body["items"]
            nodes = connection.execute(
                select(func.count()).select_from(catalog_nodes).where(catalog_nodes.c.id.in_(ids))
            ).scalar_one()
    outcomes: dict[int, int] = {row.position: row.outcome for row in found}
    verdict.items += len(outcomes)
    verdict.statuses[batch.status] += 1
    verdict.recoveries += batch.recoveries
    verdict.redeliveries += batch.redeliveries
    verdict.retries += batch.retries
    problems = Counter[str]()
    problems["duplicated"] += len(found) - len(outcomes)
    problems["duplicated"] += max(0, terminal - 1 - one.retries)
    problems["stuck"] += batch.status not in ("completed", "failed", "cancelled")
    counted = Counter(outcomes.values())
    rows = (counted[SUCCESSFUL], counted[FAILED], counted[SKIPPED], len(outcomes))
    problems["lost"] += rows != (batch.successful, batch.failed, batch.skipped, batch.processed)
    problems["lost"] += sum(1 for p, outcome in outcomes.items() if outcome != one.expected[p])
    if batch.status != "cancelled" and batch.status != "running":
        problems["lost"] += len(one.expected) - len(outcomes) + (terminal == 0)
    if one.body["operation"] == "insert":
        problems["lost"] += abs(nodes - counted[SUCCESSFUL])
    for name, count in problems.items():
        setattr(verdict, name, getattr(verdict, name) + count)
    if sum(problems.values()):
        verdict.notes.append(f"{one.batch_id} {one.body['operation']} {batch.status}: {dict(+problems)}")
