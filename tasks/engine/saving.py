"""What becomes of results before they are recorded: text, and the operation's own writes."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from sqlalchemy import Connection

from store.database import is_away
from tasks.operation import Context, SaveFunction
from tasks.outcomes import SUCCESSFUL, Outcome, encode_result

logger = logging.getLogger(__name__)


def encode_results(outcomes: Sequence[Outcome], max_bytes: int) -> None:
    """Turns results into text; one that cannot be stored becomes that item's failure."""
    for outcome in outcomes:
        if outcome.result is not None:
            try:
                outcome.encoded = encode_result(outcome.result, max_bytes)
            except ValueError as problem:
                outcome.fail(problem)


def save_results(
    connection: Connection, save: SaveFunction, context: Context, outcomes: Sequence[Outcome]
) -> None:
    """Lets the operation write; where that fails, item by item, so that only the guilty ones fail."""
    successful = [one for one in outcomes if one.kind == SUCCESSFUL]
    before = [one.result for one in successful]
    try:
        with connection.begin_nested():
            save(connection, context, successful)
        return
    except Exception as error:
        if is_away(error):
            raise
        logger.warning("Batch %s: saving failed, now item by item", context.batch_id, exc_info=True)
    for outcome, result in zip(successful, before, strict=True):
        outcome.kind, outcome.result, outcome.error = SUCCESSFUL, result, None
        try:
            with connection.begin_nested():
                save(connection, context, [outcome])
        except Exception as error:
            if is_away(error):
                raise
            outcome.fail(error)
