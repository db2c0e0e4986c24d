"""Who is in which room, kept so that a client that leaves costs the same however many others there are."""

from __future__ import annotations

from typing import Any

from socketio import Manager


class Members(Manager):  # type: ignore[misc]
    """A Socket.IO manager that knows the rooms of each client.

    The library looks through all rooms for each client that leaves, and each client is a room too. When 5,000
    leave at once, since their network is gone, the process answered nobody for as long as that took.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._rooms_of: dict[str, set[str | None]] = {}

    def basic_enter_room(
        self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None
    ) -> None:
        """Puts a client into a room; `None` is the room of all."""
        super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)
        self._rooms_of.setdefault(sid, set()).add(room)

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        """Takes a client out of a room."""
        super().basic_leave_room(sid, namespace, room)
        self._rooms_of.get(sid, set()).discard(room)

    def basic_disconnect(self, sid: str, namespace: str, **_: Any) -> None:
        """Forgets a client."""
        # A copy: where threads are real ones, what the client said last may still put it into a room.
        for room in self._rooms_of.pop(sid, set()).copy():
            self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for waiting in (self.pending_connect, self.pending_disconnect):
            sids = waiting.get(namespace, [])
            if sid in sids:
                sids.remove(sid)
            if not sids:
                waiting.pop(namespace, None)
