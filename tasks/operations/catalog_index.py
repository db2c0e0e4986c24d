"""The operation `reindex-catalog`: makes anew what the search looks through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from realtime.publish.catalog_news import after_reindex
from store import catalog_index
from tasks.operation import ADMINS, Context, Item, ItemError, NoOptions, Outcome, operation
from tasks.outcomes import SKIPPED
from tasks.sources.catalog import NodeIdSource

REINDEX = "reindex-catalog"


def save(connection: Connection, context: Context, outcomes: Sequence[Outcome[dict[str, Any]]]) -> None:
    """Writes the texts that are different; nodes whose text is right are skipped."""
    changed = catalog_index.refresh(connection, [outcome.item.key for outcome in outcomes])
    for outcome in outcomes:
        is_changed = changed.get(outcome.item.key)
        if is_changed is None:
            outcome.fail(ItemError("The node is no longer there", field="id", rule="exists"))
        elif not is_changed:
            outcome.kind, outcome.result = SKIPPED, {"id": outcome.item.key, "unchanged": True}


@operation(
    REINDEX,
    title="Re-index the catalog",
    description="Makes anew what the search looks through, for nodes of which that is out of date.",
    icon="list-search",
    item_label="nodes",
    source=NodeIdSource(),
    roles=ADMINS,
    save=save,
    ended=after_reindex,
)
def reindex(item: Item, options: NoOptions, context: Context) -> dict[str, Any]:
    """Leaves all to the transaction, which sees the node as it is then."""
    return {"id": item.key}
