"""A world in which processes die between any two transactions and messages are run when a test says so."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, delete
from sqlalchemy.exc import OperationalError

from realtime.contract.events import BatchProgress
from realtime.publish.ticker import Ticker
from settings import Settings
from store.database import Database
from store.tables import counters, metadata
from tests import scripted_operations
from tests.conftest import Workbench, add_user

# In which write transaction of an operation its process dies, and how: just `before` or just `after` the
# commit, or with a connection that ends so that it is `unknown` whether the commit went through.
Fault = tuple[int, str] | None
KINDS = ("before", "after", "unknown")
# Seconds that a slice lasts, and a run of items between two commits.
Pace = tuple[float, float]


class Died(BaseException):
    """The process ends here."""


class FaultyDatabase(Database):
    """A database whose users can be made to die at the ends of their transactions."""

    fault: Fault = None
    has_struck = False

    @contextmanager
    def write(self) -> Iterator[Connection]:
        when = self._strikes() if threading.current_thread() is threading.main_thread() else ""
        with super().write() as connection:
            yield connection
            if when == "before":
                raise Died
        if when == "after":
            raise Died
        if when == "unknown":
            raise OperationalError("COMMIT", None, ConnectionError("the answer is lost"))

    @contextmanager
    def failing(self, fault: Fault) -> Iterator[None]:
        """Lets what runs inside meet the fault, and end there."""
        self.fault, self.has_struck = fault, False
        try:
            yield
        except (Died, OperationalError):
            if not self.has_struck:
                raise
        finally:
            self.fault = None

    def _strikes(self) -> str:
        if self.fault is None:
            return ""
        number, kind = self.fault
        self.fault = (number - 1, kind) if number > 1 else None
        self.has_struck = self.has_struck or number == 1
        return kind if number == 1 else ""


class OrderlyWorkbench(Workbench):
    """Keeps messages in an order that does not depend on the database."""

    def _publish(self, chunk_ids: Sequence[int], priority: int) -> None:
        super()._publish(sorted(chunk_ids), priority)


class TickerInTurn(Ticker):
    """Sends what follows the last tick at once: a thread would write to the database at any time."""

    def offer(self, owner_id: str, tick: BatchProgress) -> None:
        """Nobody listens."""

    def finish(self, owner_id: str, tick: BatchProgress, then: Callable[[], None]) -> None:
        """Only what follows."""
        then()


class World:
    """The engine over one database, for one example after the other."""

    def __init__(self, settings: Settings, database: FaultyDatabase) -> None:
        self.database = database
        self.workbench = OrderlyWorkbench(settings, database)
        self.engine = self.workbench.engine
        self.engine.ticker = TickerInTurn(self.engine.emitter, settings.ticks_per_second)
        self.owners: list[str] = []
        self._examples = itertools.count()
        self._numbers = itertools.count()
        self._example = 0

    def reset(self) -> None:
        """Forgets the last example."""
        with self.database.write() as connection:
            for table in reversed(metadata.sorted_tables):
                if table is not counters:  # Its row comes with the schema, and numbers may go on.
                    connection.execute(delete(table))
        self.workbench.messages.clear()
        scripted_operations.TRIES.clear()
        self._example, self._numbers = next(self._examples), itertools.count()
        self.owners = [add_user(self.database, f"owner-{n}@example.org").id for n in range(2)]

    def next_id(self) -> str:
        """Ids that are the same each time that an example is run, but for its own number."""
        return f"{self._example}-{next(self._numbers):02}"

    def set_pace(self, pace: Pace) -> None:
        """How long slices last, and the runs of items between two commits."""
        values = {"slice_seconds": pace[0], "commit_seconds": pace[1]}
        self.engine.settings = self.engine.settings.model_copy(update=values)
