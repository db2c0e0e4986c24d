"""The page of all Socket.IO events, and the document that it is made from."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from realtime.contract import events
from realtime.contract.events import CLIENT_EVENTS, EVENTS, Wire
from settings import Settings
from webapp.app import create_app


@pytest.fixture
def http(make_settings: Callable[..., Settings]) -> FlaskClient:
    return create_app(make_settings()).test_client()


def test_the_page_shows_every_event_with_its_fields(http: FlaskClient) -> None:
    answer = http.get("/api/docs/events")
    assert answer.status_code == 200
    shown = re.findall(r"<h3>(.*?)</h3>", answer.text)
    assert sorted(shown) == sorted([*EVENTS, *CLIENT_EVENTS])
    progress = answer.text.split('<article id="batch-progress">')[1].split("</article>")[0]
    assert "user:&lt;owner&gt; and batch:&lt;id&gt;" in progress
    assert "<code>etaSeconds</code>" in progress
    assert "number or null" in progress
    joining = answer.text.split('<article id="join-room">')[1].split("</article>")[0]
    assert "Acknowledged with" in joining


def test_all_links_within_the_page_lead_somewhere(http: FlaskClient) -> None:
    text = http.get("/api/docs/events").text
    links = set(re.findall(r'href="#([^"]+)"', text))
    assert links
    assert links <= set(re.findall(r'id="([^"]+)"', text))


def test_what_has_not_changed_is_not_sent_again(http: FlaskClient) -> None:
    for path in ("/api/docs/events", "/api/asyncapi.json"):
        first = http.get(path)
        assert first.headers["Cache-Control"] == "no-cache"
        again = http.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_an_event_that_is_defined_later_is_shown(http: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    before = http.get("/api/asyncapi.json").headers["ETag"]

    class StockLow(Wire):
        """`stock:low`: something runs out."""

        part: str

    monkeypatch.setitem(events.EVENTS, "stock:low", (StockLow, ("user:<id>",)))
    assert "Something runs out." in http.get("/api/docs/events").text
    assert http.get("/api/asyncapi.json", headers={"If-None-Match": before}).status_code == 200
