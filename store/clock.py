"""Time as the store keeps it: whole milliseconds since the epoch, UTC."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now_ms() -> int:
    """The time now in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def to_datetime(ms: int) -> datetime:
    """The same moment as an aware UTC datetime."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def to_datetime_or_none(ms: int | None) -> datetime | None:
    """Like `to_datetime`, and None for what has not happened."""
    return None if ms is None else to_datetime(ms)
