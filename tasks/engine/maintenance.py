"""Maintenance: while it is on, only admins start new work; what runs goes on.

The switch is a row in the database, so that it outlives every process, and each process sees it within
a second.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass

from errors import InvalidInput, UnderMaintenance
from store import flags
from store.database import Database
from store.users import UserRow

FLAG = "maintenance"
CACHE_SECONDS = 1.0
MAX_MESSAGE_CHARS = 500
DEFAULT_MESSAGE = "Batchwire is being worked on. Batches that run go on; new ones can be started later."


@dataclass(frozen=True, slots=True)
class State:
    """Whether it is on, and what users are told."""

    on: bool
    message: str


OFF = State(on=False, message="")


class Maintenance:
    """The switch, as one process sees it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._state = OFF
        self._read_at: float | None = None

    def current(self) -> State:
        """How it is, at most a second ago.

        Raises:
            SQLAlchemyError: The database is away.
        """
        now = time.monotonic()
        if self._read_at is None or now - self._read_at >= CACHE_SECONDS:
            with self._database.read() as connection:
                value = flags.get(connection, FLAG)
            self._state = OFF if value is None else State(**value)
            self._read_at = now
        return self._state

    def switch(self, on: bool, message: str = "") -> State:
        """Turns it on, with what users are told, or off.

        Raises:
            InvalidInput: The message is too long.
        """
        message = message.strip()
        if len(message) > MAX_MESSAGE_CHARS or "\x00" in message:
            raise InvalidInput.of("message", "too_long", f"is text of at most {MAX_MESSAGE_CHARS} characters")
        state = State(on=True, message=message or DEFAULT_MESSAGE) if on else OFF
        with self._database.write() as connection:
            flags.put(connection, FLAG, asdict(state), initially=asdict(OFF))
        self._state, self._read_at = state, time.monotonic()
        return state

    def check_may_start(self, user: UserRow) -> None:
        """Lets pass whoever may start new work now.

        Raises:
            UnderMaintenance: It is on, and the user is no admin.
        """
        state = self.current()
        if state.on and not user.is_admin:
            raise UnderMaintenance(state.message)
