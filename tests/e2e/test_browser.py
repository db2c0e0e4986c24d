"""The click and the bar, in a real browser."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
import requests
from playwright.sync_api import Page, Route, expect

from tests.e2e.pages import login, violations
from tests.system import System
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(240)

# The names of vega-datasets, how many rows go in, and how many have no title.
REAL_FILES = (
    ("airports.csv", "3,376", "0"),
    ("zipcodes.csv", "42,049", "0"),
    ("birdstrikes.csv", "10,000", "0"),
    ("movies.json", "3,200", "1"),
)


def open_batch(page: Page, system: System, **arguments: Any) -> tuple[requests.Session, dict[str, Any]]:
    """Logs in, starts a batch from elsewhere, and goes to its page."""
    login(page, system)
    session = system.login("owner@example.org")
    batch = system.create(session, json=arguments)
    page.get_by_test_id(f"batch-row-{batch['id']}").get_by_role("link").click()
    expect(page.get_by_test_id("batch-progress")).to_be_visible()
    return session, batch


def expect_status(page: Page, status: str) -> None:
    expect(page.get_by_test_id("batch-status")).to_have_attribute("data-status", status, timeout=30_000)


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


def test_a_paused_batch_stands_still_until_it_is_resumed(page: Page, system: System) -> None:
    slow = {"operation": "sleep", "items": list(range(4000)), "options": {"seconds": 0.01}}
    session, batch = open_batch(page, system, **slow)
    wait_for(lambda: value_of(page) > 0, 20, "the first item")
    page.get_by_test_id("batch-pause").focus()
    page.keyboard.press("Enter")
    expect_status(page, "paused")
    expect(page.get_by_test_id("batch-message")).to_contain_text("Paused at")
    expect(page.get_by_test_id("batch-progress")).to_have_attribute("data-paused", "true")

    def processed() -> int:
        return int(system.batch(session, batch["id"])["processed"])

    wait_for(lambda: stands_still(page, processed, 0.7), 10, "the end of what was in hand")
    wait_for(lambda: value_of(page) == system.batch(session, batch["id"])["progress"], 5, "the last tick")
    before = value_of(page)
    assert stands_still(page, lambda: value_of(page), 2)
    assert value_of(page) == before

    # Whoever uses the keyboard goes on from where the button was.
    expect(page.get_by_test_id("batch-resume")).to_be_focused()
    page.keyboard.press("Enter")
    expect_status(page, "running")
    wait_for(lambda: value_of(page) > before, 20, "progress after the pause")
    expect(page.get_by_test_id("batch-pause")).to_be_focused()

    page.get_by_test_id("batch-cancel").click()
    page.get_by_test_id("confirm-cancel").click()
    expect_status(page, "cancelled")
    expect(page.get_by_test_id("batch-pause")).to_have_count(0)


def stands_still(page: Page, value: Callable[[], float], seconds: float) -> bool:
    """Whether a value stays the same for that long."""
    before = value()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value() != before:
            return False
        page.wait_for_timeout(50)
    return True


def test_a_pause_from_elsewhere_is_seen_and_the_list_can_take_it_back(page: Page, system: System) -> None:
    login(page, system)
    session = system.login("owner@example.org")
    slow = {"operation": "sleep", "items": list(range(4000)), "options": {"seconds": 0.01}}
    batch = system.create(session, json=slow | {"name": "Slow one"})
    row = page.get_by_test_id(f"batch-row-{batch['id']}")
    expect(row).to_contain_text("Running")
    session.post(f"{system.url}/api/batch/{batch['id']}/pause", timeout=10).raise_for_status()
    expect(row).to_contain_text("Paused")
    row.get_by_role("button", name="Resume: Slow one").click()
    expect(row).to_contain_text("Running")
    row.get_by_role("button", name="Pause: Slow one").click()
    expect(row).to_contain_text("Paused")
    row.get_by_role("button", name="Cancel batch: Slow one").click()
    page.get_by_test_id("confirm-cancel").click()
    expect(row).to_contain_text("Cancelled")
    # The buttons are gone, but not the place of somebody who uses the keyboard.
    expect(row.get_by_role("group")).to_be_focused()
    expect(page).to_have_url(re.compile(r"/batches$"))


def test_only_the_failed_items_are_run_again(page: Page, system: System, tmp_path: Path) -> None:
    file = tmp_path / "tries.txt"
    items = ["first", "fail one", "second", "fail two", *(f"item {number}" for number in range(40))]
    open_batch(page, system, operation="second-time-lucky", items=items, options={"file": str(file)})
    expect_status(page, "completed")
    expect(page.get_by_test_id("count-failed")).to_have_text("2")
    expect(page.get_by_test_id("failure-group").first).to_be_visible()
    assert Counter(file.read_text().splitlines()) == Counter(items)

    page.get_by_test_id("batch-retry").click()
    expect(page.get_by_test_id("count-failed")).to_have_text("0")
    expect_status(page, "completed")
    expect(page.get_by_test_id("count-successful")).to_have_text(str(len(items)))
    expect(page.get_by_test_id("failure-group")).to_have_count(0)
    expect(page.get_by_test_id("batch-retry")).to_have_count(0)
    assert Counter(file.read_text().splitlines()) == Counter([*items, "fail one", "fail two"])


def test_a_refusal_is_shown_with_its_reason(page: Page, system: System, tolerated: list[str]) -> None:
    tolerated.append("status of 409")
    session, batch = open_batch(page, system, operation="patient", items=[1])

    def cancel_first(route: Route) -> None:
        session.post(f"{system.url}/api/batch/{batch['id']}/cancel", timeout=10).raise_for_status()
        route.continue_()

    page.route("**/pause", cancel_first)
    page.get_by_test_id("batch-pause").click()
    alert = page.get_by_role("alert").filter(has_text="The batch was not paused")
    expect(alert).to_contain_text("The batch is cancelled and can no longer be paused")
    expect_status(page, "cancelled")


def test_a_batch_stopped_by_its_failure_limit_says_so(page: Page, system: System) -> None:
    items = ["fail"] * 5 + ["fine"] * 95
    open_batch(page, system, operation="mixed", items=items, maxFailures="3%")
    expect_status(page, "failed")
    expect(page.get_by_test_id("batch-problem")).to_contain_text("Stopped at the failure limit")
    expect(page.get_by_test_id("batch-retry")).to_have_text("Retry and continue")


def test_an_open_batch_ends_once_there_are_no_more_items(page: Page, system: System) -> None:
    open_batch(page, system, operation="sleep", items=[1, 2, 3], sealed=False)
    expect(page.get_by_test_id("batch-percent")).to_have_text("3 done")
    expect(page.get_by_test_id("batch-message")).to_have_text("More items may be added")
    page.get_by_test_id("batch-seal").click()
    expect_status(page, "completed")
    expect(page.get_by_test_id("batch-seal")).to_have_count(0)


def test_the_form_starts_one_batch_however_often_it_is_sent(
    page: Page, system: System, tolerated: list[str]
) -> None:
    tolerated.append("net::ERR_FAILED")
    session, needed = open_batch(page, system, operation="patient", items=[1], name="Needed first")
    page.get_by_test_id("new-batch").click()
    page.get_by_test_id("operation-noop").click()
    page.get_by_test_id("advanced").locator("summary").click()
    page.get_by_test_id("field-maxFailures").fill("lots")
    page.get_by_test_id("start-batch").click()
    expect(page.get_by_text("Enter a count such as 20, or a share such as 5%")).to_be_visible()
    expect(page.get_by_test_id("field-maxFailures")).to_be_focused()
    page.get_by_test_id("field-maxFailures").fill("5%")
    page.get_by_test_id("field-priority").get_by_text("High").click()
    page.get_by_test_id("field-dependsOn").click()
    page.get_by_role("option", name="Needed first").click()
    page.keyboard.press("Escape")

    def lose_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/create", lose_answer, times=1)
    page.get_by_test_id("start-batch").dblclick()
    expect(page.get_by_text("The server cannot be reached")).to_be_visible()
    page.get_by_test_id("start-batch").dblclick()
    expect_status(page, "pending")
    expect(page.get_by_test_id("batch-message")).to_have_text("Waiting for your other batches to finish")

    found = session.get(f"{system.url}/api/batch/history", timeout=10).json()["batches"]
    assert [(one["operation"], one["priority"], one["maxFailures"]) for one in found] == [
        ("noop", "high", "5%"),
        ("patient", "normal", None),
    ]
    session.post(f"{system.url}/api/batch/{needed['id']}/cancel", timeout=10).raise_for_status()
    expect(page.get_by_test_id("batch-problem")).to_contain_text("Not started.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible(page: Page, system: System, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(system.url)
    expect(page.get_by_test_id("login-submit")).to_be_visible()
    assert violations(page) == []
    slow = {"operation": "sleep", "items": list(range(4000)), "options": {"seconds": 0.01}}
    session, paused = open_batch(page, system, **slow, name="Paused one")
    wait_for(lambda: value_of(page) > 0, 20, "the first item")
    page.get_by_test_id("batch-pause").click()
    expect_status(page, "paused")
    assert violations(page) == []
    page.get_by_test_id("batch-cancel").click()
    expect(page.get_by_test_id("confirm-cancel")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")

    started = [
        system.create(session, json={"operation": "sleep", "items": [1], "sealed": False}),
        system.create(session, json={"operation": "mixed", "items": ["fail", "skip", "fine"]}),
        system.create(session, json={"operation": "mixed", "items": ["fail"], "maxFailures": 0}),
        system.create(session, json={"operation": "noop", "dependsOn": [paused["id"]]}),
    ]
    for batch in started:
        page.goto(f"{system.url}/batches/{batch['id']}")
        expect(page.get_by_test_id("batch-progress")).to_be_visible()
        expect(page.get_by_role("heading", name="Results")).to_be_visible()
        assert violations(page) == []
    page.goto(f"{system.url}/batches")
    expect(page.get_by_test_id(f"batch-row-{paused['id']}")).to_be_visible()
    assert violations(page) == []
    page.goto(f"{system.url}/batches/new?operation=annotate")
    page.get_by_test_id("advanced").locator("summary").click()
    page.get_by_test_id("field-maxFailures").fill("lots")
    page.get_by_test_id("start-batch").click()
    expect(page.get_by_text("Enter a count such as 20")).to_be_visible()
    assert violations(page) == []
