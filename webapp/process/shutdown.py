"""The graceful end of a web process: it hands its clients over, and finishes what it has in hand.

Nothing is lost by it: what clients miss until they are connected elsewhere is in the outbox.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Flask
from redis import RedisError
from werkzeug.wsgi import ClosingIterator

from compat import sockets_of
from realtime.contract.events import SYSTEM_SHUTDOWN, Shutdown
from realtime.publish import heartbeats
from webapp.services import Services

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
# How long loops in the middle of a run are waited for.
LEAVE_SECONDS = 1.0
SOCKETS_PATH = "/socket.io"


class RequestsInHand:
    """Counts the requests that are being answered, to the last byte; sockets are none."""

    def __init__(self, application: WSGIApplication) -> None:
        self.count = 0
        self._application = application
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers a request."""
        if environ.get("PATH_INFO", "").startswith(SOCKETS_PATH):
            return self._application(environ, start_response)
        self._add(1)
        try:
            answer = self._application(environ, start_response)
        except BaseException:
            self._add(-1)
            raise
        return ClosingIterator(answer, lambda: self._add(-1))

    def _add(self, change: int) -> None:
        with self._lock:
            self.count += change


class GracefulStop:
    """Ends this process once it was asked to."""

    def __init__(self, app: Flask, services: Services) -> None:
        self._services = services
        self._requests = RequestsInHand(app.wsgi_app)
        app.wsgi_app = self._requests  # type: ignore[method-assign]
        self._is_requested = False

    def request(self, *_: object) -> None:
        """The handler of the signal; asked twice, the process ends at once.

        It only leaves a note: it may run in the middle of anything, the server's own loop included.
        """
        if self._is_requested:
            os._exit(0)
        self._is_requested = True

    def start(self, close_entrance: Callable[[], object]) -> None:
        """Starts to wait for the request.

        Args:
            close_entrance: Lets no new connection in.
        """

        def look() -> None:
            if self._is_requested:
                self._stop(close_entrance)

        self._services.engine.supervisor.every(LOOK_SECONDS, look, "graceful-stop")

    def wait(self) -> None:
        """Waits for the end, where it was requested: the server may return before the rest is done."""
        while self._is_requested:
            self._services.socketio.sleep(LOOK_SECONDS)

    def _stop(self, close_entrance: Callable[[], object]) -> None:
        logger.info("Stopping: clients are sent elsewhere, requests in hand are finished")
        try:
            close_entrance()
            self._hand_over_clients()
            self._finish_requests()
            self._leave()
        except Exception:
            logger.exception("Stopping did not go as it should")
        logging.shutdown()
        # No thread, green or not, may keep the process: what they do is in the database or can be done again.
        os._exit(0)

    def _hand_over_clients(self) -> None:
        socketio = self._services.socketio
        message = Shutdown(
            message="This server is being stopped; the connection moves to another one",
            timestamp=datetime.now(UTC),
        )
        socketio.emit(SYSTEM_SHUTDOWN, message.dump(), ignore_queue=True)
        socketio.sleep(LOOK_SECONDS)
        # Without the packet that says goodbye, after which clients would not come back by themselves.
        for one in sockets_of(socketio.server):
            one.close(wait=False, abort=True)
        socketio.sleep(LOOK_SECONDS)

    def _finish_requests(self) -> None:
        deadline = time.monotonic() + self._services.settings.shutdown_seconds
        while self._requests.count and time.monotonic() < deadline:
            self._services.socketio.sleep(LOOK_SECONDS)
        if self._requests.count:
            logger.warning("%d requests did not end in time", self._requests.count)

    def _leave(self) -> None:
        engine, process = self._services.engine, self._services.connections.process
        # Whoever leaves must not say once more that this process is alive.
        engine.supervisor.stop(LEAVE_SECONDS)
        try:
            heartbeats.leave(engine.emitter.redis, engine.emitter.channel, "web", process)
        except RedisError as error:
            logger.debug("Redis is away: %s", error)
        engine.close()
