"""Serves the built UI: its files, and index.html for every path of its own."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, send_from_directory

STATIC = Path(__file__).parent / "static"

ui = Blueprint("ui", __name__)

NOT_BUILT = """<!doctype html><title>Batchwire</title>
<p>The user interface has not been built yet: run <code>make run</code>, or <code>npm run build</code>
in <code>frontend/</code>. The API is at <a href="/api/docs/">/api/docs</a>.</p>"""


@ui.get("/")
@ui.get("/<path:path>")
def page(path: str = "index.html") -> Response:
    """A file of the UI, else the page that shows every path."""
    if path.startswith(("api/", "socket.io")):
        abort(404, "There is nothing at this path")
    if not (STATIC / "index.html").is_file():
        return Response(NOT_BUILT, status=503, mimetype="text/html")
    if path.startswith("assets/"):
        # Names under assets/ hold a hash of the content, so they can be kept for ever.
        return send_from_directory(STATIC, path, max_age=31_536_000)
    name = path if (STATIC / path).is_file() else "index.html"
    return send_from_directory(STATIC, name, max_age=0)
