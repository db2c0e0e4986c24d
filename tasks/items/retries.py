"""When an item that failed is tried again: exponential backoff with full jitter."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from store.clock import now_ms
from tasks.outcomes import RETRIED, Outcome


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often, after what, and when.

    Attributes:
        attempts: How many times an item is tried again.
        transient: The exceptions after which another try is worth while.
        base_seconds: Longest pause before the second try; it doubles each time.
        max_seconds: Longest pause of all.
        now: The time in milliseconds since the epoch, by which pauses begin and end.
    """

    attempts: int = 0
    transient: tuple[type[BaseException], ...] = ()
    base_seconds: float = 1.0
    max_seconds: float = 60.0
    now: Callable[[], int] = now_ms

    def apply(self, outcome: Outcome, kind: type[BaseException]) -> None:
        """Turns a failure into another try where one is left."""
        if outcome.attempts < self.attempts and issubclass(kind, self.transient):
            outcome.kind = RETRIED
            outcome.due_ms = self.now() + round(self.pause_seconds(outcome.attempts) * 1000)
        elif outcome.attempts and outcome.error is not None:
            outcome.error["attempts"] = outcome.attempts + 1

    def pause_seconds(self, attempts: int) -> float:
        """A random pause between 0 and the backoff.

        Source: Brooker, Exponential Backoff and Jitter (AWS Architecture Blog, 2015), "full jitter".
        """
        return random.uniform(0, min(self.max_seconds, self.base_seconds * 2**attempts))  # noqa: S311
