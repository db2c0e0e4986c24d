"""Waits for a database that is away: what is in hand is kept, and tried again with growing pauses."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from store.database import is_away

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 2.0

T = TypeVar("T")


def retry_while_away(action: Callable[[], T], seconds: float) -> T:
    """What the action gives, once the database lets it.

    The action must be one transaction, safe to try again: a fence tells whether a commit whose answer was
    lost went through.

    Args:
        seconds: How long to go on trying.

    Raises:
        SQLAlchemyError: The database was away for longer, or it was something else.
    """
    deadline = time.monotonic() + seconds
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return action()
        except SQLAlchemyError as error:
            if not is_away(error) or time.monotonic() >= deadline:
                raise
            logger.warning("The database is away, next try within %.1f s: %s", pause, error.args[0])
        time.sleep(random.uniform(0, pause))  # noqa: S311
        pause = min(LONGEST_PAUSE_SECONDS, pause * 2)
