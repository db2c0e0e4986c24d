"""The web process: `python -m webapp`.

The only module that knows the server under Flask-SocketIO. Monkey patching must come before every
other import, so it is done here and nowhere else.
"""

# ruff: noqa: E402
import os
import warnings

ASYNC_MODE = os.environ.get("ASYNC_MODE", "eventlet")

if ASYNC_MODE == "eventlet":
    warnings.filterwarnings("ignore", message="(?s).*[Ee]ventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()
    # psycopg then waits in Python, where eventlet can switch, and not in C, where it cannot.
    os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_selector")

    import socket

    from eventlet import wsgi

    class PromptProtocol(wsgi.HttpProtocol):  # type: ignore[misc]
        """Sends each packet at once; else one that follows another waits 40 ms to be confirmed."""

        def setup(self) -> None:
            """Prepares a new connection."""
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
            super().setup()

    SERVER_OPTIONS: dict[str, object] = {"log_output": False, "protocol": PromptProtocol}
elif ASYNC_MODE == "gevent":
    from gevent import monkey

    monkey.patch_all()
    SERVER_OPTIONS = {"log_output": False}
else:
    SERVER_OPTIONS = {"allow_unsafe_werkzeug": True}

import logging
import signal
from typing import NoReturn

from realtime.server import start_listening
from settings import load_settings
from webapp.app import create_app
from webapp.services import Services

logger = logging.getLogger("webapp")


def main() -> None:
    """Serves until it is told to stop."""
    settings = load_settings()
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    app = create_app(settings, settings.async_mode)
    services: Services = app.extensions["batchwire"]
    start_listening(services.socketio)
    services.connections.start()
    for run in (services.dashboard.run, services.chat.run):
        services.socketio.start_background_task(run)
    signal.signal(signal.SIGTERM, _stop)
    logger.info("Listening on http://%s:%d (%s)", settings.host, settings.port, settings.async_mode)
    services.socketio.run(app, host=settings.host, port=settings.port, **SERVER_OPTIONS)


def _stop(*_: object) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
