"""Pages that move by themselves, seen by one or two people at once."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import login, violations
from tests.system import System, kill_group

pytestmark = pytest.mark.timeout(240)
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")


def test_the_dashboard_moves_while_a_batch_runs(page: Page, system: System) -> None:
    login(page, system)
    page.get_by_role("link", name="Dashboard").click()
    running = page.get_by_test_id("tiles").locator("div", has_text="Running batches").locator("dd")
    expect(running).to_have_text("0")
    expect(page.get_by_test_id("widget-workers")).to_contain_text("2processes on 1 machine")
    session = system.login("other@example.org")
    batch = system.create(
        session, json={"operation": "sleep", "items": [0] * 500, "options": {"seconds": 0.02}}
    )
    expect(running).to_have_text("1", timeout=5000)
    expect(page.get_by_test_id("widget-batches")).to_contain_text("running1")
    expect(page.get_by_role("img", name="Items: now")).not_to_have_attribute("aria-label", "Items: now 0/s")
    expect(page.locator("main")).not_to_contain_text(batch["name"])
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    system.wait_for_end(session, batch["id"])
    expect(running).to_have_text("0", timeout=5000)


def test_a_page_whose_server_is_replaced_catches_up_without_a_reload(
    page: Page, system: System, tolerated: list[str]
) -> None:
    tolerated += ["WebSocket connection", "ERR_CONNECTION_REFUSED", "Failed to load resource"]
    login(page, system)
    owner = system.login("owner@example.org")
    batch = system.create(
        owner, json={"operation": "sleep", "items": [0] * 100, "options": {"seconds": 0.02}}
    )
    row = page.get_by_test_id(f"batch-row-{batch['id']}")
    expect(row).to_be_visible()
    page.evaluate("window.wasNotReloaded = true")
    web = system.processes[0]
    kill_group(web, signal.SIGKILL)
    web.wait()
    state = page.get_by_test_id("connection-state")
    expect(state).to_have_attribute("data-state", "recovering")
    system.start_web()
    expect(state).to_have_attribute("data-state", "recovered", timeout=15_000)
    system.wait_for_end(owner, batch["id"])
    expect(row).to_contain_text("Completed", timeout=10_000)
    expect(state).to_have_attribute("data-state", "live")
    assert page.evaluate("window.wasNotReloaded") is True


def test_two_people_talk_and_see_each_other_type(new_page: Callable[[], Page], system: System) -> None:
    owner, other = new_page(), new_page()
    for page, email in ((owner, "owner@example.org"), (other, "other@example.org")):
        login(page, system, email)
        page.get_by_role("link", name="Chat").click()
        expect(page.get_by_text("Nobody has said anything yet")).to_be_visible()
    owner.get_by_test_id("chat-input").press_sequentially("<b>hello</b>")
    expect(other.get_by_test_id("typing")).to_have_text("owner is typing")
    owner.get_by_test_id("chat-input").press("Enter")
    for page in (owner, other):
        expect(page.get_by_test_id("log").get_by_role("article")).to_have_count(1)
        expect(page.get_by_text("<b>hello</b>", exact=True)).to_be_visible()
    expect(other.get_by_test_id("typing")).to_have_text("")
    other.get_by_test_id("chat-input").press_sequentially("hi")
    expect(owner.get_by_test_id("typing")).to_have_text("other is typing")
    expect(owner.get_by_test_id("typing")).to_have_text("", timeout=10_000)
    other.get_by_role("button", name="Send").click()
    expect(owner.get_by_text("hi", exact=True)).to_be_visible()
    owner.reload()
    expect(owner.get_by_test_id("log").get_by_role("article")).to_have_count(2)
    for scheme in SCHEMES:
        owner.emulate_media(color_scheme=scheme)
        assert violations(owner) == []


def test_what_is_said_in_one_room_is_not_heard_in_another(
    new_page: Callable[[], Page], system: System
) -> None:
    owner, other = new_page(), new_page()
    for page, email in ((owner, "owner@example.org"), (other, "other@example.org")):
        login(page, system, email)
        page.get_by_role("link", name="Chat").click()
    owner.get_by_test_id("new-room").fill("größe")
    owner.get_by_role("button", name="Open").click()
    expect(owner.get_by_text("Only letters and digits")).to_be_visible()
    owner.get_by_test_id("new-room").fill("Month end")
    owner.get_by_role("button", name="Open").click()
    rooms = owner.get_by_role("navigation", name="Chat rooms")
    expect(rooms.get_by_role("link", name="Month-end")).to_have_attribute("aria-current", "page")
    expect(rooms.get_by_role("link", name="Everybody")).not_to_have_attribute("aria-current", "page")
    owner.get_by_test_id("chat-input").fill("The books are closed")
    owner.get_by_role("button", name="Send").click()
    said = owner.get_by_test_id("log").get_by_role("article")
    expect(said).to_have_count(1)
    expect(owner.get_by_text("Sending")).to_have_count(0)
    expect(other.get_by_text("Nobody has said anything yet")).to_be_visible()
    other.get_by_role("link", name="Month-end").click(timeout=15_000)
    expect(other.get_by_text("The books are closed")).to_be_visible()
    other.get_by_test_id("chat-input").fill("Thank you")
    other.get_by_role("button", name="Send").click()
    expect(said).to_have_count(2)
    for scheme in SCHEMES:
        owner.emulate_media(color_scheme=scheme)
        assert violations(owner) == []
    rooms.get_by_role("link", name="Everybody").click()
    expect(owner.get_by_text("Nobody has said anything yet")).to_be_visible()
    owner.go_back()
    expect(said).to_have_count(2)


def test_a_notification_reaches_one_of_two_people_and_stays_read(
    new_page: Callable[[], Page], system: System
) -> None:
    owner, other = new_page(), new_page()
    for page, email in ((owner, "owner@example.org"), (other, "other@example.org")):
        login(page, system, email)
    session = system.login("owner@example.org")
    batch = system.create(session, json={"operation": "mixed", "items": ["a", "fail"], "name": "Prices"})
    system.wait_for_end(session, batch["id"])
    bell = owner.get_by_test_id("notification-bell")
    expect(bell).to_have_attribute("data-unread", "1")
    expect(bell).to_have_accessible_name("Notifications, 1 unread")
    bell.click()
    row = owner.get_by_test_id("notification")
    expect(row).to_contain_text("Batch Prices completed")
    expect(row).to_contain_text("1 of 2 successful, 1 failed")
    for scheme in SCHEMES:
        owner.emulate_media(color_scheme=scheme)
        assert violations(owner) == []
    owner.get_by_role("button", name="Mark as read").click()
    expect(bell).to_have_attribute("data-unread", "0")
    owner.reload()
    expect(bell).to_have_attribute("data-unread", "0")
    expect(other.get_by_test_id("notification-bell")).to_have_attribute("data-unread", "0")


def test_maintenance_is_announced_and_new_work_waits(page: Page, system: System) -> None:
    login(page, system)
    admin = system.login("admin@example.org")
    body = {"on": True, "message": "Back at ten"}
    admin.put(f"{system.url}/api/system/maintenance", json=body, timeout=10).raise_for_status()
    banner = page.get_by_test_id("system-banner")
    expect(banner).to_contain_text("Back at ten", timeout=5000)
    owner = system.login("owner@example.org")
    new = {"operation": "mixed", "items": ["a"]}
    refused = owner.post(f"{system.url}/api/batch/create", json=new, timeout=10)
    assert refused.status_code == 503
    assert "Back at ten" in refused.json()["error"]
    assert violations(page) == []
    admin.put(f"{system.url}/api/system/maintenance", json={"on": False}, timeout=10).raise_for_status()
    expect(banner).to_have_count(0, timeout=5000)
    assert owner.post(f"{system.url}/api/batch/create", json=new, timeout=10).status_code == 201


def test_an_import_changes_the_tree_that_somebody_else_has_open(page: Page, system: System) -> None:
    login(page, system)
    page.get_by_role("link", name="Catalog").click()
    tree = page.get_by_test_id("catalog-tree")
    tree.get_by_role("button", name=re.compile("^Open ")).first.click()
    opened = tree.get_by_role("button", name=re.compile("^Close "))
    expect(opened).to_have_count(1)
    tree.get_by_role("listitem").get_by_role("link").nth(1).click()
    expect(page.get_by_test_id("catalog-node")).to_be_visible()
    at_the_top = tree.locator("> ul > li")
    before = at_the_top.count()
    other = system.login("other@example.org")
    file = {"file": ("parts.csv", b"id,title\nA,Hexagon bolt\nB,Hexagon nut\n")}
    batch = system.create(other, data={"operation": "import"}, files=file)
    system.wait_for_end(other, batch["id"])
    expect(page.get_by_test_id("catalog-news")).to_contain_text("2 added")
    expect(at_the_top).to_have_count(before + 1)
    expect(opened).to_have_count(1)
    page.get_by_test_id("catalog-search").fill("hexagon")
    expect(page.get_by_role("link", name=re.compile("Hexagon"))).to_have_count(2)
    page.get_by_role("link", name=re.compile("Hexagon bolt")).click()
    expect(page.get_by_test_id("catalog-node")).to_contain_text("Hexagon bolt")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []


def test_an_admins_reload_of_the_catalog_changes_the_tree_that_somebody_else_has_open(
    new_page: Callable[[], Page], system: System, tolerated: list[str]
) -> None:
    tolerated.append("Failed to load resource")  # The first reload finds no folder.
    owner, admin = new_page(), new_page()
    for page, email in ((owner, "owner@example.org"), (admin, "admin@example.org")):
        login(page, system, email)
        page.get_by_role("link", name="Catalog").click()
    expect(owner.get_by_test_id("catalog-reload")).to_have_count(0)
    tree = owner.get_by_test_id("catalog-tree")
    tree.get_by_role("button", name=re.compile("^Open ")).first.click()
    opened = tree.get_by_role("button", name=re.compile("^Close "))
    expect(opened).to_have_count(1)

    admin.get_by_test_id("catalog-reload").click()
    expect(admin.get_by_role("alert")).to_contain_text("there is no folder")
    assert violations(admin) == []
    folder = Path(system.environment["DATA_DIR"]) / "catalog"
    folder.mkdir(parents=True)
    file = folder / "tools.jsonl"
    file.write_text('{"id": "aaa", "title": "AAA tools"}\n{"id": "saw", "title": "Saw", "parent": "aaa"}\n')
    admin.get_by_test_id("catalog-reload").click()
    expect(owner.get_by_test_id("catalog-news")).to_contain_text("2 added")
    expect(tree.get_by_role("link", name="AAA tools")).to_be_visible()
    expect(opened).to_have_count(1)
    expect(admin.get_by_test_id("catalog-progress")).to_have_attribute("aria-valuenow", "100")
    file.write_text('{"id": "aaa", "title": "AAA instruments"}\n')
    admin.get_by_test_id("catalog-reload").click()
    expect(owner.get_by_test_id("catalog-news")).to_contain_text("1 changed, 1 removed")
    expect(tree.get_by_role("link", name="AAA instruments")).to_be_visible()
    for scheme in SCHEMES:
        admin.emulate_media(color_scheme=scheme)
        assert violations(admin) == []


def test_an_admin_sees_who_is_connected_and_what_runs(
    new_page: Callable[[], Page], system: System, tolerated: list[str]
) -> None:
    tolerated.append("403 (FORBIDDEN)")
    owner, admin = new_page(), new_page()
    login(owner, system)
    expect(owner.get_by_role("link", name="System")).to_have_count(0)
    login(admin, system, "admin@example.org")
    admin.get_by_role("link", name="System").click()
    expect(admin.get_by_test_id("workers").locator("tbody tr")).to_have_count(2)
    expect(admin.get_by_test_id("web-processes").locator("tbody tr")).to_have_count(1)
    session = system.login("owner@example.org")
    slow = {"operation": "sleep", "items": [0] * 300, "options": {"seconds": 0.03}, "name": "Prices"}
    batch = system.create(session, json=slow)
    expect(admin.get_by_test_id("workers").get_by_role("link", name="Prices").first).to_be_visible()
    loops = admin.get_by_test_id("web-processes").locator("details")
    loops.locator("summary").click()
    expect(loops.get_by_role("listitem").filter(has_text="session-review")).to_contain_text("just now")
    admin.get_by_test_id("workers").locator("summary").first.click()
    row = admin.get_by_test_id("connections").locator("tbody tr", has_text="owner@example.org")
    expect(row).to_have_count(1)
    for scheme in SCHEMES:
        admin.emulate_media(color_scheme=scheme)
        assert violations(admin) == []
    state = owner.get_by_test_id("connection-state")
    row.get_by_role("button", name="Disconnect owner").click()
    expect(state).not_to_have_attribute("data-state", "live")
    expect(state).to_have_attribute("data-state", "live", timeout=15_000)
    admin.get_by_test_id("connection-search").fill("admin@")
    expect(row).to_have_count(0)
    system.wait_for_end(session, batch["id"])
    expect(owner.get_by_test_id(f"batch-row-{batch['id']}")).to_contain_text("Completed")
    owner.goto(f"{system.url}/system")
    expect(owner.get_by_text("This page is for admins only")).to_be_visible()


def test_the_page_of_all_events_can_be_read_by_everybody(page: Page, system: System) -> None:
    page.goto(f"{system.url}/api/docs/events")
    expect(page.get_by_role("heading", name="batch:progress")).to_be_visible()
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []


def test_the_browsers_console_can_look_at_what_the_server_sends(page: Page, system: System) -> None:
    login(page, system)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    with page.expect_console_message(lambda message: message.text.startswith("Dashboard update:")):
        page.evaluate(
            """url => {
              const socket = io(url, { transports: ["websocket", "polling"] });
              socket.on("connect", () => console.log("Connected:", socket.id));
              socket.on("welcome", (data) => console.log("Welcome:", JSON.stringify(data)));
              socket.emit("join-room", "dashboard");
              socket.on("dashboard:update", (data) => console.log("Dashboard update:", JSON.stringify(data)));
            }""",
            system.url,
        )
    assert any(line.startswith("Connected:") for line in said)
    (welcome,) = [line for line in said if line.startswith("Welcome:")]
    assert '"user":null' in welcome
