"""What a web process does by itself; each service says how often, and what may go wrong."""

from __future__ import annotations

from realtime.transport.direct import start_pings
from realtime.transport.listener import start_listening
from webapp.process.monitor import Monitor
from webapp.services import Services


def start_loops(services: Services) -> None:
    """Starts all of it; `GracefulStop`, which needs the server, is started with that."""
    supervisor = services.engine.supervisor
    start_listening(services.socketio, supervisor)
    start_pings(services.socketio.server, supervisor)
    services.connections.start()
    services.chat.start()
    services.dashboard.start()
    Monitor(services.engine, services.socketio).start()
