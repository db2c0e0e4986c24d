"""The click and the bar, in a real browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from settings import ROOT
from store.database import Database
from tasks.demo_catalog import seed_catalog
from tests.servers import skip_or_fail
from tests.system import PASSWORD, System
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(240)

# The names of vega-datasets, how many rows go in, and how many have no title.
REAL_FILES = (
    ("airports.csv", "3,376", "0"),
    ("zipcodes.csv", "42,049", "0"),
    ("birdstrikes.csv", "10,000", "0"),
    ("movies.json", "3,200", "1"),
)

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The browser does not care which database it is."""
    return sqlite_url


@pytest.fixture(scope="module")
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
def page(browser: Browser, system: System) -> Iterator[Page]:
    """A page whose console stays silent."""
    database = Database(system.environment["DATABASE_URL"])
    seed_catalog(database, 3000)
    database.dispose()
    system.start_web()
    system.start_worker()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            problems.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


def login(page: Page, system: System) -> None:
    page.goto(system.url)
    page.get_by_test_id("login-email").fill("owner@example.org")
    page.get_by_test_id("login-password").fill(PASSWORD)
    page.get_by_test_id("login-submit").click()
    expect(page.get_by_test_id("connection-state")).to_have_attribute("data-state", "live")


def value_of(page: Page) -> float:
    return float(page.get_by_test_id("batch-progress").get_attribute("aria-valuenow") or 0)


def test_log_in_start_a_batch_see_it_move_and_reload_in_the_middle(page: Page, system: System) -> None:
    login(page, system)
    expect(page.get_by_text("No batches yet")).to_be_visible()
    page.get_by_test_id("new-batch").click()
    page.get_by_test_id("operation-annotate").click()
    page.get_by_test_id("start-batch").click()
    expect(page.get_by_test_id("batch-progress")).to_be_visible()

    values: list[float] = []
    while len({value for value in values if 0 < value < 100}) < 3:
        values.append(value_of(page))
        assert values == sorted(values), "the bar went backwards"
        page.wait_for_timeout(50)

    before = value_of(page)
    page.reload()
    expect(page.get_by_test_id("batch-progress")).to_be_visible()
    wait_for(lambda: value_of(page) >= before, 10, "the bar after the reload")
    expect(page.get_by_test_id("batch-status")).to_have_attribute("data-status", "completed", timeout=60_000)
    assert value_of(page) == 100
    expect(page.get_by_test_id("count-successful")).to_have_text("3,000")
    expect(page.get_by_test_id("count-failed")).to_have_text("0")


def test_a_file_is_imported_in_the_browser_and_its_failures_are_explained(
    page: Page, system: System, real_files: Path
) -> None:
    login(page, system)
    for name, total, failed in REAL_FILES:
        page.get_by_test_id("new-batch").click()
        page.get_by_test_id("operation-import").click()
        page.get_by_test_id("file-input").set_input_files(real_files / name)
        page.get_by_test_id("start-batch").click()
        status = page.get_by_test_id("batch-status")
        expect(status).to_have_attribute("data-status", "completed", timeout=60_000)
        expect(page.get_by_test_id("count-successful")).to_have_text(total)
        expect(page.get_by_test_id("count-failed")).to_have_text(failed)
    group = page.get_by_test_id("failure-group")
    group.locator("summary").click()
    expect(group).to_contain_text("line 3055")


def test_the_list_moves_by_itself_and_a_batch_can_be_cancelled(page: Page, system: System) -> None:
    login(page, system)
    session = system.login("owner@example.org")
    batch = system.create(
        session, json={"operation": "sleep", "items": list(range(4000)), "options": {"seconds": 0.01}}
    )
    row = page.get_by_test_id(f"batch-row-{batch['id']}")
    expect(row).to_be_visible()
    bar = row.get_by_role("progressbar")
    seen: set[str] = set()
    wait_for(lambda: len(seen.union([seen.add(str(bar.get_attribute("aria-valuenow"))) or ""])) > 4, 20)  # type: ignore[func-returns-value]
    row.click()
    page.get_by_test_id("batch-cancel").click()
    page.get_by_test_id("confirm-cancel").click()
    expect(page.get_by_test_id("batch-status")).to_have_attribute("data-status", "cancelled")
    expect(page.get_by_test_id("batch-status")).to_have_text(re.compile("Cancelled"))


def test_a_form_error_stands_at_its_field(page: Page, system: System) -> None:
    login(page, system)
    page.get_by_test_id("new-batch").click()
    page.get_by_test_id("operation-import").click()
    page.get_by_test_id("start-batch").click()
    expect(page.get_by_role("alert").first).to_contain_text("Choose a file")
