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
    import eventlet.wsgi

    class Protocol(eventlet.wsgi.HttpProtocol):  # type: ignore[misc]
        """HTTP with small buffers: eventlet's are two thirds of the memory of an idle WebSocket."""

        rbufsize = wbufsize = 2048

elif ASYNC_MODE == "gevent":
    from gevent import monkey

    monkey.patch_all()
    from gevent.pywsgi import WSGIServer

import gc
import logging
import signal
import socket

from flask import Flask

from settings import Settings, load_settings
from webapp.app import create_app
from webapp.process.loops import start_loops
from webapp.process.shutdown import GracefulStop
from webapp.services import Services

logger = logging.getLogger("webapp")

# Long-polling clients included, each of which nearly always has one open. eventlet would stop at 1,024.
MAX_REQUESTS = 100_000
# So many may come at once, when all clients of another process come over to this one. eventlet's 50 lets the
# others wait for a second.
BACKLOG = 2048
# New objects before the collector looks at the young ones: a client that connects makes hundreds that stay,
# and a tenth of the time of its coming in went into looking at them again.
GC_THRESHOLD = 50_000


def main() -> None:
    """Serves until it is told to stop."""
    settings = load_settings()
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    app = create_app(settings, settings.async_mode)
    services: Services = app.extensions["batchwire"]
    start_loops(services)
    # What is loaded by now stays: the collector, which stops everything, need not look at it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)
    logger.info("Listening on http://%s:%d (%s)", settings.host, settings.port, settings.async_mode)
    _serve(app, settings, services)


def _serve(app: Flask, settings: Settings, services: Services) -> None:
    """Serves, and closes the way in before anything else when the process is told to stop."""
    host, port, socketio = settings.host, settings.port, services.socketio
    stop = GracefulStop(app, services)
    signal.signal(signal.SIGTERM, stop.request)
    if settings.async_mode == "eventlet":
        # What `socketio.run` does, with a listening socket that can be closed.
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = eventlet.listen(address, family, backlog=BACKLOG)
        # For all its connections: else a packet that follows another waits 40 ms to be confirmed.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        stop.start(listener.close)
        eventlet.wsgi.server(listener, app, log_output=False, max_size=MAX_REQUESTS, protocol=Protocol)
        stop.wait()
    elif settings.async_mode == "gevent":
        server = WSGIServer((host, port), app, log=None)
        stop.start(server.close)
        server.serve_forever()
        stop.wait()
    else:
        # werkzeug's server, for development, has no way to stop accepting.
        stop.start(lambda: None)
        socketio.run(app, host=host, port=port, allow_unsafe_werkzeug=True)


if __name__ == "__main__":
    main()
