"""The wall around the insides of libraries: what stands in it is there, is used, and is all that is used."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version

import engineio.socket
import pytest
import socketio.pubsub_manager
from packaging.requirements import Requirement
from packaging.version import Version

from compat import DIRECT, LIBRARIES, LISTENER, Library, Reach
from settings import ROOT
from tests import reaches


def fault(library: Library, reach: Reach, name: str) -> str | None:
    """What is wrong with a name in the installed version, in words for whoever has raised a bound."""
    bare, parameters = reaches.split(name)
    owner = reach.owner.partition(":")[2] or reach.owner
    installed = f"{library.name} {version(library.name)}"
    needs = f"which {', '.join(reach.used_by)} needs to {reach.why}: see compat.py (read in {library.read})"
    try:
        found = reaches.find(reach.owner)
    except (ImportError, AttributeError):
        return f"{installed} has no {reach.owner} any more, with {bare}, {needs}"
    if not reaches.has(found, bare):
        return f"{installed} has no {owner}.{bare} any more, {needs}"
    if parameters is not None and (now := reaches.parameters_of(found, bare)) != parameters:
        return f"{installed} has {owner}.{bare}({', '.join(now)}) instead of {name}, {needs}"
    return None


def entry(owner: str, name: str) -> tuple[Library, Reach, str]:
    """The first entry of a name."""
    return next(one for one in reaches.entries() if (one[1].owner, reaches.split(one[2])[0]) == (owner, name))


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda one: one.name)
def test_every_name_is_in_the_installed_version(library: Library) -> None:
    faults = [fault(*one) for one in reaches.entries([library])]
    assert not list(filter(None, faults)), "\n".join(filter(None, faults))


def test_a_name_that_is_gone_is_told_with_what_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(engineio.socket.Socket, "_websocket_handler")
    told = fault(*entry("engineio.socket:Socket", "_websocket_handler"))
    assert told == (
        f"python-engineio {version('python-engineio')} has no Socket._websocket_handler any more, "
        f"which {DIRECT} needs to take a connection over from the HTTP server: see compat.py (read in 4.15.1)"
    )


def test_an_attribute_that_no_method_sets_any_more_is_told() -> None:
    library, reach, _ = entry("engineio.base_server:BaseServer", "sockets")
    assert "has no BaseServer.sokets any more" in str(fault(library, reach, "sokets"))


def test_other_parameters_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    manager = socketio.pubsub_manager.PubSubManager
    monkeypatch.setattr(manager, "_handle_emit", lambda self, message, origin: None)
    told = fault(*entry("socketio.pubsub_manager:PubSubManager", "_handle_emit"))
    assert "has PubSubManager._handle_emit(message, origin) instead of _handle_emit(message)" in str(told)


def test_a_module_that_is_gone_is_told() -> None:
    library, reach, name = entry("celery.worker.state", "reserved_requests")
    told = fault(library, replace(reach, owner="celery.worker.nowhere"), name)
    assert "has no celery.worker.nowhere any more, with reserved_requests" in str(told)


def test_no_name_is_used_that_does_not_stand_in_the_wall() -> None:
    uses = reaches.undeclared(reaches.sources())
    assert not uses, "\n".join(map(str, uses))


REACHING = """
from engineio.socket import Socket
from celery.worker.consumer import Consumer, _private
from realtime.transport.direct import DirectSocket
import engineio._hidden

class Nosy(DirectSocket):
    upgrade_protocols = ()

    def _send_ping(self):
        self._upgrade_websocket({}, None)
        super().poll()

    def _of_our_own(self):
        self._of_our_own()

def look(server, row):
    row._mapping["id"]
    server._binary_packet.clear()
    server.eio.sockets.clear()
    getattr(server, "_send_packet")
"""


def test_every_kind_of_reach_is_found() -> None:
    known = [*reaches.sources(), reaches.read("webapp/nosy.py", REACHING)]
    names = {use.name for use in reaches.undeclared(known)}
    overridden, inherited = {"upgrade_protocols", "_send_ping"}, {"_upgrade_websocket", "poll"}
    assert names == overridden | inherited | {"_private", "_hidden", "_binary_packet", "eio", "_send_packet"}


def test_nothing_stands_in_the_wall_that_nobody_uses() -> None:
    stale = reaches.unused(reaches.sources())
    assert not stale, "\n".join(stale)


def test_a_stale_entry_is_found() -> None:
    stale = Reach("socketio.server:Server", ("_send_eio_packet(eio_sid, eio_pkt)",), "send", (LISTENER,))
    assert reaches.unused(reaches.sources(), [Library("python-socketio", "5.18.1", (stale,))]) == [
        f"compat.py says that {LISTENER} uses socketio.server:Server._send_eio_packet, which it does not"
    ]


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda one: one.name)
def test_every_library_behind_the_wall_has_bounds(library: Library) -> None:
    lines = [line.partition("#")[0].strip() for line in (ROOT / "requirements.in").read_text().splitlines()]
    bounds = {one.name: one.specifier for one in map(Requirement, filter(None, lines))}[library.name]
    assert Version(library.read) in bounds, (
        f"{library.name} was read in {library.read}, which is out of bounds"
    )
    assert Version(version(library.name)) in bounds
    read = Version(library.read)
    unread = Version(f"{read.major}.{read.minor + 1}")
    assert unread not in bounds, f"{library.name} {unread} is let in, whose insides nobody has read"
