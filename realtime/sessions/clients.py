"""A client as the handlers of its events see it.

Handlers are put on python-socketio's server, not on Flask-SocketIO: a request context for each event would be
a tenth of the time that a client takes to connect, and nothing here needs one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from socketio import Server

from realtime.contract.events import ERROR, ErrorMessage, RoomAnswer, Wire


@dataclass(frozen=True, slots=True)
class Client:
    """One socket of this process."""

    server: Server
    sid: str

    def emit(self, event: str, data: Wire | dict[str, Any]) -> None:
        """Sends to this client alone."""
        self.server.emit(event, data.dump() if isinstance(data, Wire) else data, to=self.sid)

    def tell_error(self, code: str, message: str) -> None:
        """Sends an `error` event."""
        self.emit(ERROR, ErrorMessage(code=code, message=message))

    def refuse(self, code: str, message: str) -> dict[str, Any]:
        """The acknowledgement of an event that is not accepted, which an `error` event tells as well."""
        self.tell_error(code, message)
        return RoomAnswer(success=False, code=code, error=message).dump()

    def enter(self, room: str) -> None:
        """Puts it into a room."""
        self.server.enter_room(self.sid, room)

    def leave(self, room: str) -> None:
        """Takes it out of a room."""
        self.server.leave_room(self.sid, room)


def on(server: Server, event: str, handler: Callable[..., Any]) -> None:
    """Handles an event of clients: the handler is given the client, and what it sent."""
    server.on(event, lambda sid, *payload: handler(Client(server, sid), *payload))
