"""What a person does on any page."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from settings import ROOT
from tests.servers import skip_or_fail
from tests.system import PASSWORD, System

# What fades in has too little contrast until it is there; what moves for ever is not waited for.
SETTLED = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const ends = (one) => Number.isFinite(one.effect?.getComputedTiming().endTime);
  const ending = document.getAnimations().filter(ends);
  await Promise.all(ending.map((one) => one.finished.catch(() => {})));
}"""
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


def login(page: Page, system: System, email: str = "owner@example.org") -> None:
    """Logs in on the page, and waits until it is live."""
    page.goto(system.url)
    page.get_by_test_id("login-email").fill(email)
    page.get_by_test_id("login-password").fill(PASSWORD)
    page.get_by_test_id("login-submit").click()
    expect(page.get_by_test_id("connection-state")).to_have_attribute("data-state", "live")


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page, each with the first place of it."""
    if not AXE.is_file():
        skip_or_fail("axe-core is not installed: make test installs it")
    page.evaluate(AXE.read_text())
    page.mouse.move(0, 0)  # A hint at what the mouse was left over may come at any moment.
    page.evaluate(SETTLED)
    # Hints lie outside of the landmarks; what they belong to refers to them.
    context = "{ exclude: ['[role=tooltip]'] }"
    found = page.evaluate(f"axe.run({context}, {{ resultTypes: ['violations'] }})")["violations"]
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html']}" for one in found]
