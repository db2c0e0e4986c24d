"""Waiting for a condition, with a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(condition: Callable[[], T], seconds: float = 15.0, what: str = "the condition") -> T:
    """What the condition gives as soon as that is true."""
    deadline, pause = time.monotonic() + seconds, 0.01
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {seconds} s")
        time.sleep(pause)
        # Who asks a process over and over takes from it the time that it needs to get there.
        pause = min(pause * 1.3, 0.1)
    return value
