"""Rooms are kept as the library keeps them, only that a client that leaves is no search through all."""

from __future__ import annotations

import random
from typing import Any

import pytest
import socketio
from socketio import Manager

from realtime.transport.members import Members

CLIENTS, ROOMS, STEPS = 12, 6, 400


class Both:
    """The library's manager and ours, which are asked the same."""

    def __init__(self) -> None:
        self.theirs, self.ours = Manager(), Members()
        for manager in (self.theirs, self.ours):
            socketio.Server(client_manager=manager, async_mode="threading")

    def do(self, what: str, *arguments: Any, **options: Any) -> None:
        """Calls a method of each; both raise, or neither does."""
        raised = []
        for manager in (self.theirs, self.ours):
            try:
                getattr(manager, what)(*arguments, **options)
            except (ValueError, KeyError) as error:
                raised.append(type(error))
        assert len(raised) in (0, 2)

    def state(self, manager: Manager) -> Any:
        rooms = {n: {r: dict(members) for r, members in rooms.items()} for n, rooms in manager.rooms.items()}
        return rooms, manager.callbacks, manager.pending_connect, manager.pending_disconnect


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_the_rooms_are_those_of_the_library(seed: int) -> None:
    chance, both = random.Random(seed), Both()
    for _ in range(STEPS):
        sid, room = f"s{chance.randrange(CLIENTS)}", f"room{chance.randrange(ROOMS)}"
        match chance.randrange(7):
            case 0 | 1:
                both.do("basic_enter_room", sid, "/", None, eio_sid=f"e-{sid}")
                both.do("basic_enter_room", sid, "/", sid, eio_sid=f"e-{sid}")
            case 2 | 3:
                both.do("basic_enter_room", sid, "/", room)
            case 4:
                both.do("basic_leave_room", sid, "/", room)
            case 5:
                both.do("basic_close_room", room, "/")
            case _:
                both.do("basic_disconnect", sid, "/")
        assert both.state(both.ours) == both.state(both.theirs)
        for one, rooms in both.ours._rooms_of.items():
            now = {name for name, inside in both.ours.rooms.get("/", {}).items() if one in inside}
            assert rooms == now


def test_nothing_is_kept_of_a_client_that_has_left() -> None:
    ours = Both().ours
    ours.basic_enter_room("s", "/", None, eio_sid="e")
    ours.basic_enter_room("s", "/", "room")
    ours.pre_disconnect("s", "/")
    ours.basic_disconnect("s", "/")
    assert (ours.rooms, ours._rooms_of, ours.pending_disconnect) == ({}, {}, {})


def test_who_is_put_into_a_room_while_leaving_does_not_hold_up_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    members = Members()
    socketio.Server(client_manager=members, async_mode="threading")
    sid = members.connect("engine-1", "/")
    members.basic_enter_room(sid, "/", "chat")
    known, leave = members._rooms_of[sid], Members.basic_leave_room

    def leave_and_enter(self: Members, sid: str, namespace: str, room: str | None) -> None:
        known.add(f"next to {room}")
        leave(self, sid, namespace, room)

    monkeypatch.setattr(Members, "basic_leave_room", leave_and_enter)
    members.basic_disconnect(sid, "/")
    assert sid not in {one for room in members.rooms.get("/", {}).values() for one in room}
