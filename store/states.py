"""How batches and items do, as the database, the wire and the code call it."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """How a batch does."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


# A batch that has ended changes no more, unless it is retried.
TERMINAL = (Status.COMPLETED, Status.FAILED, Status.CANCELLED)
RUNNABLE = (Status.PENDING, Status.RUNNING)


class Phase(StrEnum):
    """What a batch waits for, or what is done with it."""

    WAITING = "waiting"
    QUEUED = "queued"
    PLANNING = "planning"
    RUNNING = "running"
    DONE = "done"


# The database and Celery know them by number, from 0 for the first.
class Priority(StrEnum):
    """Which batches come first."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def code(self) -> int:
        """Its number."""
        return list(Priority).index(self)

    @classmethod
    def of(cls, code: int) -> Priority:
        """The one of that number."""
        return list(cls)[code]


# What the database holds of an item, and what runs of items are counted by. No IntEnum: SQLite takes 4 us to
# store one and half a microsecond for a plain number, and an item may take three in all.
SUCCESSFUL, FAILED, SKIPPED = 1, 2, 3


class ItemOutcome(StrEnum):
    """What became of an item."""

    SUCCESSFUL = "successful"
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def code(self) -> int:
        """Its number in the database."""
        return _CODES[self]

    @classmethod
    def of(cls, code: int) -> ItemOutcome:
        """The one of that number."""
        return _OUTCOMES[code]


_CODES = {
    ItemOutcome.SUCCESSFUL: SUCCESSFUL,
    ItemOutcome.FAILED: FAILED,
    ItemOutcome.SKIPPED: SKIPPED,
}
_OUTCOMES = {code: outcome for outcome, code in _CODES.items()}
