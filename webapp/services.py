"""What the views need, made once per process and kept in `app.extensions["batchwire"]`."""

from __future__ import annotations

from dataclasses import dataclass

from flask_socketio import SocketIO

from realtime.features.chat import Chat
from realtime.features.dashboard import Dashboard
from realtime.sessions.connections import Connections
from settings import Settings
from tasks.engine.batches import Batches
from tasks.engine.engine import Engine


@dataclass(frozen=True)
class Services:
    """The parts that an app is wired from."""

    settings: Settings
    engine: Engine
    batches: Batches
    socketio: SocketIO
    connections: Connections
    dashboard: Dashboard
    chat: Chat
