"""A plain Flask-SocketIO on eventlet, as its manual sets it up; run as a module it is server or emitter."""

from __future__ import annotations

import sys
from typing import Any

if __name__ == "__main__" and sys.argv[1] == "server":
    import eventlet

    eventlet.monkey_patch()

import os

from flask import Flask
from flask_socketio import SocketIO, join_room
from socketio import PubSubManager

from benchmarks.relay_system import EVENT, ROOM, Relay
from benchmarks.relays.emitting import emit_on_request
from benchmarks.system import Place

CHANNEL = "flask-socketio"


class FlaskSocketIo(Relay):
    """With its RedisManager, and nothing set."""

    name, title = "flask-socketio", "Flask-SocketIO, plain"

    def server(self, port: int) -> list[str]:
        """This module."""
        return [sys.executable, "-W", "ignore", "-m", __name__, "server", str(port)]

    def emitter(self) -> list[str]:
        """This module."""
        return [sys.executable, "-W", "ignore", "-m", __name__, "emitter"]

    def record(self, place: Place, room: str | None, data: dict[str, Any]) -> tuple[bytes, bytes]:
        """What its manager would publish."""
        manager = _Recorder(channel=CHANNEL, write_only=True)
        manager.emit(EVENT, data, namespace="/", room=room)
        return CHANNEL.encode(), manager.json.dumps(manager.message).encode()


class _Recorder(PubSubManager):  # type: ignore[misc]
    message: dict[str, Any]

    def _publish(self, data: dict[str, Any]) -> None:
        self.message = data


def _serve(port: int) -> None:
    app = Flask(__name__)
    socketio = SocketIO(app, async_mode="eventlet", message_queue=os.environ["REDIS_URL"], channel=CHANNEL)

    @socketio.on("connect")
    def connect(auth: dict[str, Any] | None) -> None:
        for room in (auth or {}).get("rooms", []):
            join_room(room)

    socketio.run(app, host="127.0.0.1", port=port, log_output=False)


RELAYS = [FlaskSocketIo()]

if __name__ == "__main__":
    if sys.argv[1] == "server":
        _serve(int(sys.argv[2]))
    else:
        writer = SocketIO(message_queue=os.environ["REDIS_URL"], channel=CHANNEL)
        emit_on_request(lambda data: writer.emit(EVENT, data, to=ROOM))
