"""Ten thousand packets that no client would send: no exception, no growth, and others do not notice."""

from __future__ import annotations

import itertools
import json
from typing import Any

import psutil
import pytest
import requests
import websocket
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from realtime.contract.events import CLIENT_EVENTS
from tests.system import System

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

EXAMPLES, PACKETS_EACH = 250, 40
MAX_GROWTH_MB = 30

json_text = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from([*CLIENT_EVENTS, "connect", "disconnect", "message", "*", "no-such-event", ""])
namespaces = st.sampled_from(["", "/,", "/admin,", "/other,", "/?a=b,", ","])
numbers = st.sampled_from(["", "0", "7", "99999999999999999999", "-1"])


@st.composite
def socketio_packets(draw: st.DrawFn) -> str:
    """Nearly right: every kind of packet, each part of it odd at times."""
    kind = draw(st.sampled_from("0123456789x"))
    attachments = draw(st.sampled_from(["", "0-", "1-", "3-", "999999-", "-"])) if kind in "56" else ""
    data: Any = draw(st.lists(json_text, max_size=4))
    if draw(st.booleans()):
        data = [draw(names), *data]
    if draw(st.booleans()):
        data.append({"_placeholder": True, "num": draw(st.integers(-2, 5))})
    body = draw(st.sampled_from([json.dumps(data), "[", "{}", '"', "", "[[[[["]))
    return f"4{kind}{attachments}{draw(namespaces)}{draw(numbers)}{body}"


frames = st.one_of(
    socketio_packets(),
    st.text(max_size=40),
    st.sampled_from(["", "0", "1", "2", "2probe", "3", "5", "6", "7", "40", "41", "4", "40{}", "44{}"]),
    st.binary(max_size=60),
)


class Attacker:
    """One raw WebSocket connection, opened again whenever the server has closed it."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        self._socket: websocket.WebSocket | None = None
        self.sent = 0

    def send(self, frame: str | bytes) -> None:
        if self._socket is None:
            self._socket = websocket.create_connection(self._url, timeout=5)
            self._socket.send("40{}")
        self.sent += 1
        opcode = websocket.ABNF.OPCODE_BINARY if isinstance(frame, bytes) else websocket.ABNF.OPCODE_TEXT
        try:
            self._socket.send(frame, opcode)
        except OSError:
            self.close()
        except websocket.WebSocketException:
            self.close()

    def close(self) -> None:
        if self._socket:
            self._socket.shutdown()
            self._socket = None


def test_ten_thousand_odd_packets_do_no_harm(system: System) -> None:
    process = psutil.Process(system.start_web().pid)
    owner = system.login("owner@example.org")
    bystander = system.connect(owner)
    attacker = Attacker(system.url)
    sizes = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(st.lists(frames, min_size=PACKETS_EACH, max_size=PACKETS_EACH))
    def attack(some: list[str | bytes]) -> None:
        for frame in some:
            attacker.send(frame)
        attacker.close()
        sizes.append(process.memory_info().rss / 2**20)
        assert process.is_running()

    attack()
    assert attacker.sent >= 10_000
    growth = sizes[-1] - sizes[len(sizes) // 4]
    print(f"{attacker.sent:,} packets; the server grew by {growth:.1f} MB over the last three quarters")
    assert growth < MAX_GROWTH_MB
    assert bystander.client.call("join-room", "dashboard")["success"] is True
    assert "Traceback" not in system.log("web"), system.log("web")[:3000]


def test_odd_polling_requests_get_an_answer_and_do_no_harm(system: System) -> None:
    system.start_web()
    url = f"{system.url}/socket.io/"
    with requests.Session() as session:
        for transport, sid, version in itertools.product(
            ["polling", "websocket", "x", ""], ["", "nobody", "../..", "\x00"], ["4", "3", "x", ""]
        ):
            query = {"transport": transport, "sid": sid, "EIO": version}
            for method, body in (
                ("GET", None),
                ("POST", b"4\x1e4\x1e\xff"),
                ("POST", b"x" * 100_000),
                ("PUT", b""),
            ):
                answer = session.request(method, url, params=query, data=body, timeout=10)
                assert answer.status_code < 500, (query, method, answer.status_code, answer.text)
    assert "Traceback" not in system.log("web"), system.log("web")[:3000]


@pytest.mark.parametrize(
    "packet", ['42["disconnect"]', '42["connect",{}]', '451-["x",{"_placeholder":true,"num":0}]']
)
def test_what_only_the_library_may_say_ends_the_connection(system: System, packet: str) -> None:
    """An event of that name would make the server forget a connection that goes on."""
    system.start_web()
    url = system.url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    received: list[str] = []
    raw = websocket.create_connection(url, timeout=10)
    raw.send("40{}")
    raw.send(packet)
    while frame := raw.recv():
        received.append(str(frame))
    raw.shutdown()
    assert any(frame.startswith('42["error"') and "malformed_packet" in frame for frame in received)
    stats = requests.get(f"{system.url}/api/ws/stats", timeout=5).json()
    assert stats["totalConnections"] == 0
