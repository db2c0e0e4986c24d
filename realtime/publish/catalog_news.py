"""What is told of the catalog when a batch that writes to it has ended."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection

from realtime.contract.events import (
    CATALOG_RELOAD,
    CATALOG_ROOM,
    CATALOG_UPDATE,
    CatalogChanges,
    CatalogReload,
    CatalogUpdate,
)
from store import catalog_sync, catalog_tree, events
from store.batches import BatchRow


def after_import(connection: Connection, batch: BatchRow) -> list[int]:
    """Tells what an import has added and changed."""
    added, modified = catalog_tree.changes_by_batch(connection, batch.id)
    return _tell(connection, added, modified)


def after_annotation(connection: Connection, batch: BatchRow) -> list[int]:
    """Tells how many nodes have a new annotation."""
    return _tell(connection, 0, batch.successful)


def after_files(connection: Connection, batch: BatchRow) -> list[int]:
    """Tells what files have added and changed."""
    return _tell(connection, *catalog_sync.changes_since(connection, batch.id, batch.created_ms))


def after_reindex(connection: Connection, batch: BatchRow) -> list[int]:
    """Tells how many nodes are found by other words now."""
    return _tell(connection, 0, batch.successful)


def after_reload(connection: Connection, batch: BatchRow, deleted: int) -> list[int]:
    """Tells that the catalog was loaded anew, and what is different."""
    added, modified = catalog_sync.changes_since(connection, batch.id, batch.created_ms)
    changes = CatalogChanges(added=added, modified=modified, deleted=deleted)
    payload = CatalogReload(changes=changes, updated_at=datetime.now(UTC)).dump()
    return [events.add(connection, room=CATALOG_ROOM, event=CATALOG_RELOAD, payload=payload)]


def _tell(connection: Connection, added: int, modified: int) -> list[int]:
    """Puts `catalog:update` into the outbox, unless nothing has changed."""
    if not added + modified:
        return []
    changes = CatalogChanges(added=added, modified=modified, deleted=0)
    payload = CatalogUpdate(changes=changes, updated_at=datetime.now(UTC)).dump()
    return [events.add(connection, room=CATALOG_ROOM, event=CATALOG_UPDATE, payload=payload)]
