"""Headers that tell browsers what our pages may do, and body limits by kind of request."""

from __future__ import annotations

from flask import Flask, Response, request

from settings import Settings

POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


def register(app: Flask, settings: Settings) -> None:
    """Puts the hooks on the app."""

    @app.before_request
    def limit_body() -> None:
        is_upload = request.mimetype == "multipart/form-data"
        # The form around an upload has a few headers and fields of its own.
        request.max_content_length = (
            settings.max_upload_bytes + 1024 * 1024 if is_upload else settings.max_body_bytes
        )

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if not request.path.startswith("/api/docs"):
            response.headers.setdefault("Content-Security-Policy", POLICY)
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
