"""What must be known of a client before it is let in, looked up for many clients at a time.

When a web process ends, all its clients come to another one at once. With queries for each of them that one
would be busy for seconds; those that come during a query share the next one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from realtime.sessions.tokens import Identity
from store import batches, users
from store.batches import BatchRow
from store.database import Database


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the user behind a token.

    Attributes:
        is_open: Whether the login that the token belongs to has not ended.
        is_disabled: Whether the user may not come in any more.
        unfinished: The user's batches that have not ended, for one who comes back.
    """

    is_open: bool
    is_disabled: bool
    unfinished: Sequence[BatchRow]


@dataclass(slots=True)
class _Group:
    """Those who share a query."""

    session_ids: set[str] = field(default_factory=set)
    user_ids: set[str] = field(default_factory=set)
    returning: set[str] = field(default_factory=set)
    is_done: bool = False
    error: SQLAlchemyError | None = None
    open_ids: set[str] = field(default_factory=set)
    disabled: set[str] = field(default_factory=set)
    unfinished: dict[str, list[BatchRow]] = field(default_factory=dict)

    def add(self, identity: Identity, is_returning: bool) -> None:
        self.user_ids.add(identity.user_id)
        if identity.session_id is not None:
            self.session_ids.add(identity.session_id)
        if is_returning:
            self.returning.add(identity.user_id)

    def look(self, database: Database) -> None:
        self.is_done = True
        try:
            with database.read() as connection:
                self.open_ids = users.open_sessions(connection, self.session_ids)
                self.disabled = users.disabled_among(connection, self.user_ids)
                if self.returning:
                    self.unfinished = batches.unfinished_of(connection, self.returning)
        except SQLAlchemyError as error:
            self.error = error

    def standing(self, identity: Identity) -> Standing:
        if self.error is not None:
            raise self.error
        return Standing(
            identity.session_id is None or identity.session_id in self.open_ids,
            identity.user_id in self.disabled,
            self.unfinished.get(identity.user_id, ()),
        )


class Lookups:
    """One query at a time for all who wait for it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._next = _Group()
        self._joining = threading.Lock()
        self._turn = threading.Lock()

    def standing(self, identity: Identity, *, is_returning: bool) -> Standing:
        """How things stand with the user of a token, as of now.

        Args:
            is_returning: Whether to look for unfinished batches as well.

        Raises:
            SQLAlchemyError: The database is away.
        """
        with self._joining:
            group = self._next
            group.add(identity, is_returning)
        with self._turn:
            if not group.is_done:  # The first of a group asks for all of it.
                time.sleep(0)  # Whoever is about to join does so, where a query lets nobody else run.
                with self._joining:
                    self._next = _Group()
                group.look(self._database)
        return group.standing(identity)
