"""Cheap request contexts: Flask-SocketIO makes one for each event of a socket, which leads to no view.

What they would look up is a third of the time that a client takes to connect.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_openapi3 import OpenAPI

SOCKETS = "/socket.io/"


class Sessions(SecureCookieSessionInterface):
    """Flask's cookie sessions, of which a socket without a cookie has none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session, or None for Flask's empty one."""
        if request.path == SOCKETS and self.get_cookie_name(app) not in request.cookies:
            return None
        return super().open_session(app, request)


class App(OpenAPI):
    """The app, which looks for no view where an event is handled."""

    session_interface = Sessions()

    def create_url_adapter(self, request: Request | None) -> Any:
        """What finds the view of a request, or None."""
        if request is not None and request.path == SOCKETS:
            return None
        return super().create_url_adapter(request)
