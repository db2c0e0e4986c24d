"""A real browser, and what tests of pages need of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from demo.catalog import seed_catalog
from settings import ROOT
from store.database import Database
from tests.servers import skip_or_fail
from tests.system import System

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The browser does not care which database it is."""
    return sqlite_url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        skip_or_fail("Chromium is not installed")
    if not (ROOT / "webapp" / "static" / "index.html").is_file():
        skip_or_fail("the user interface is not built: make test builds it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def tolerated() -> list[str]:
    """What Chromium itself writes to the console when a request goes wrong that the test lets go wrong."""
    return []


@pytest.fixture
def new_page(browser: Browser, system: System, tolerated: list[str]) -> Iterator[Callable[[], Page]]:
    """Opens pages, each of a browser of its own, whose consoles stay silent."""
    database = Database(system.environment["DATABASE_URL"])
    seed_catalog(database, 3000)
    database.dispose()
    system.start_web()
    system.start_worker()
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        is_expected = any(text in message.text for text in tolerated)
        if message.type in ("error", "warning") and not is_expected:
            problems.append(message.text)

    contexts = []

    def make() -> Page:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}))
        page = contexts[-1].new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def page(new_page: Callable[[], Page]) -> Page:
    """A page whose console stays silent."""
    return new_page()
