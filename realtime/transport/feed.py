"""The feed: gives this process's clients the numbered events of the outbox, each once and in order.

Redis only tells that there is something new. What it does not bring, because it was away or because the
sender died, is found in the database; and a client that comes back with the number of the last event that it
got is given what it missed, before anything newer.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from realtime.contract.events import EVERYBODY, batch_room
from realtime.publish.outbox import Message, to_message
from store import batches, events
from store.batches import BatchRow
from store.database import Database

logger = logging.getLogger(__name__)

AT_A_TIME = 500
# Whoever missed more gets no events but is told to load everything anew.
MOST_MISSED = 1000
# So many of the last events are kept, so that clients who come back do not all ask the database.
KEPT = MOST_MISSED

# Gives an event to all clients of this process in its rooms, except these.
Give = Callable[[Message, Collection[str]], None]


@dataclass(frozen=True, slots=True)
class Missed:
    """What a client missed while it was away.

    Attributes:
        is_complete: False where it cannot be told any more, or is too much; then there are no events.
        seq: The number that the client has come to.
        unfinished: The user's batches that have not ended, as they are now.
    """

    is_complete: bool
    seq: int
    events: Sequence[Message]
    unfinished: Sequence[BatchRow]


@dataclass(frozen=True, slots=True)
class Known:
    """What was read of a user before its client is let in.

    Attributes:
        position: How far the feed had come before it was read.
        unfinished: The user's batches that had not ended.
    """

    position: int | None
    unfinished: Sequence[BatchRow]


class Feed:
    """Follows the outbox from the moment that it is started.

    Attributes:
        position: The number of the last event that was given out; None before the first look.
        lock: Held while events are given out. Whoever lets a client in holds it too, so that no event comes
            between its rooms and what it missed.
        give: How an event is given to clients; set by the server that has them.
    """

    def __init__(self, database: Database) -> None:
        self.position: int | None = None
        self.give: Give = lambda message, skip_sids: None
        self._database = database
        self._ahead: dict[str, int] = {}
        # The last events that were given out, without a gap.
        self._kept: deque[Message] = deque(maxlen=KEPT)
        self.lock = threading.RLock()

    def catch_up(self) -> None:
        """Gives out what the database holds behind the position; with the database away it does nothing."""
        try:
            self.look()
        except SQLAlchemyError as error:
            logger.debug("The outbox is looked at later, the database is away: %s", error)

    def look(self) -> None:
        """Gives out what the database holds behind the position.

        Raises:
            SQLAlchemyError: The database is away.
        """
        with self.lock:
            self._catch_up()

    def offer(self, message: Message) -> None:
        """Gives out an event that Redis brought, and before it what Redis did not bring."""
        with self.lock:
            if self.position is not None and message.seq == self.position + 1:
                self._give_out(message)
            elif self.position is None or message.seq > self.position:
                self.catch_up()

    def resume(
        self,
        sid: str,
        user_id: str | None,
        rooms: Sequence[str],
        last: int,
        known: Known,
        send: Callable[[Missed], None],
    ) -> None:
        """Sends a client what it missed; from then on it gets what comes.

        Args:
            rooms: Those that it is in already.
            last: The number of the last event that it got.
            known: What was read of its user just before.
            send: Sends it, before anything newer can overtake it.

        Raises:
            SQLAlchemyError: The database is away.
        """
        with self.lock:
            missed = self._missed(user_id, rooms, last, known)
            send(missed)
            if self.position is None or missed.seq > self.position:
                self._ahead[sid] = missed.seq

    def forget(self, sid: str) -> None:
        """Notes that a client has left."""
        self._ahead.pop(sid, None)

    def _missed(self, user_id: str | None, rooms: Sequence[str], last: int, known: Known) -> Missed:
        if self.position is None or known.position is None or last > self.position:
            return self._missed_by_database(user_id, rooms, last)
        kept_behind = self._kept[0].seq - 1 if self._kept else self.position
        if min(last, known.position) < kept_behind:
            return self._missed_by_database(user_id, rooms, last)
        own = set(rooms)
        found = [
            one for one in self._kept if one.seq > last and not own.isdisjoint(one.rooms or (EVERYBODY,))
        ]
        # What was told of a batch since then is newer than what was read of it.
        told = {room for one in self._kept if one.seq > known.position for room in one.rooms or ()}
        unfinished = [batch for batch in known.unfinished if batch_room(batch.id) not in told]
        return Missed(True, self.position, found, unfinished)

    def _missed_by_database(self, user_id: str | None, rooms: Sequence[str], last: int) -> Missed:
        prefix = batch_room("")
        batch_ids = [room.removeprefix(prefix) for room in rooms if room.startswith(prefix)]
        with self._database.read() as connection:
            newest = events.newest(connection)
            # A higher number than the newest is one of another database.
            found = (
                events.missed(connection, last, rooms, batch_ids, MOST_MISSED + 1) if last <= newest else []
            )
            unfinished = batches.unfinished_of(connection, [user_id]).get(user_id, []) if user_id else []
        if last > newest or len(found) > MOST_MISSED:
            return Missed(False, newest, (), unfinished)
        return Missed(True, newest, [to_message(row) for row in found], unfinished)

    def _begin(self, connection: Connection) -> int:
        """The newest event's number; the last ones up to it are kept, for those who come back now."""
        newest = events.newest(connection)
        rows = [row for row in events.after(connection, newest - KEPT, KEPT) if row.seq <= newest]
        self._kept.extend(map(to_message, rows))
        return newest

    def _catch_up(self) -> None:
        while True:
            with self._database.read() as connection:
                if self.position is None:
                    self.position = self._begin(connection)
                rows = events.after(connection, self.position, AT_A_TIME)
            for row in rows:
                self._give_out(to_message(row))
            if len(rows) < AT_A_TIME:
                return

    def _give_out(self, message: Message) -> None:
        # A copy: where threads are real ones, a client may leave meanwhile.
        has_it = [sid for sid, seq in self._ahead.copy().items() if seq >= message.seq]
        self.give(message, has_it)
        self.position = message.seq
        self._kept.append(message)
        if not has_it:
            self._ahead.clear()
