"""The official Admin UI itself, as its own package ships it, against the server."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from settings import ROOT
from tests.e2e.pages import login
from tests.servers import skip_or_fail
from tests.system import PASSWORD, System

pytestmark = pytest.mark.timeout(120)
PAGES = ROOT / "tests" / "node_modules" / "@socket.io" / "admin-ui" / "ui" / "dist"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and prints nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Prints nothing."""


@pytest.fixture(autouse=True)
def address(system: System) -> Iterator[str]:
    """Where the Admin UI is served; the server lets it in from there."""
    if not PAGES.is_dir():
        skip_or_fail("the Admin UI is not installed: npm ci in tests/")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=PAGES))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    origin = f"http://127.0.0.1:{server.server_port}"
    system.environment |= {"ADMIN_UI": "development", "ADMIN_UI_ORIGIN": origin}
    yield origin
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_admin_sees_the_connections_in_the_official_admin_ui(
    address: str, new_page: Callable[[], Page], system: System, tolerated: list[str]
) -> None:
    tolerated.append("")  # What it writes to the console is its own concern.
    owner, admin = new_page(), new_page()
    login(owner, system)
    admin.goto(address)
    admin.get_by_label("Server URL").fill(system.url)
    admin.get_by_label("Username").fill("admin@example.org")
    admin.get_by_label("Password").fill("wrong")
    admin.get_by_role("button", name="Connect").click()
    expect(admin.get_by_text("Invalid credentials")).to_be_visible()
    admin.get_by_label("Password").fill(PASSWORD)
    admin.get_by_role("button", name="Connect").click()
    expect(admin.get_by_text("Invalid credentials")).to_be_hidden()
    admin.get_by_role("link", name="Sockets").click()
    rows = admin.locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("WebSocket")
    admin.get_by_role("link", name="Rooms").click()
    expect(admin.get_by_text("user:").first).to_be_visible()
