"""The AsyncAPI document: it names what there is, and hangs together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask_socketio import SocketIO

from realtime.contract import events
from realtime.contract.asyncapi import document
from realtime.contract.events import EVENTS, Wire
from settings import Settings
from webapp.app import create_app

KEY = re.compile(r"[A-Za-z0-9._-]+")


@pytest.fixture
def made() -> dict[str, Any]:
    return document("Batchwire", "1")


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from references(one)


def test_every_reference_leads_somewhere(made: dict[str, Any]) -> None:
    found = set(references(made))
    assert "#/components/schemas/BatchProgress" in found
    for reference in found:
        place: Any = made
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
    assert all(KEY.fullmatch(key) for key in (*made["operations"], *made["components"]["messages"]))


def test_what_the_server_listens_to_is_in_it(
    made: dict[str, Any], make_settings: Callable[..., Settings]
) -> None:
    app = create_app(make_settings())
    socketio: SocketIO = app.extensions["batchwire"].socketio
    heard = set(socketio.server.handlers["/"]) - {"connect", "disconnect", "*"}
    messages = made["components"]["messages"]
    received = {key for key, operation in made["operations"].items() if operation["action"] == "receive"}
    assert {messages[key]["name"] for key in received} == heard
    answer = app.test_client().get("/api/asyncapi.json")
    assert answer.status_code == 200
    assert answer.json["channels"]["socket"]["messages"].keys() == messages.keys()


def test_a_batch_event_says_which_rooms_it_goes_to(made: dict[str, Any]) -> None:
    operation = made["operations"]["batch-progress"]
    assert operation["action"] == "send"
    assert "user:<owner> and batch:<id>" in operation["description"]
    message = made["components"]["messages"]["batch-progress"]
    assert message["payload"] == {"$ref": "#/components/schemas/BatchProgress"}
    assert "etaSeconds" in made["components"]["schemas"]["BatchProgress"]["properties"]


def test_an_event_of_ones_own_is_documented_with_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.contract.events.EVENTS", dict(EVENTS))
    monkeypatch.setattr("realtime.contract.asyncapi.EVENTS", events.EVENTS)

    class StockLow(Wire):
        """`stock:low`: something runs out."""

        part: str

    assert events.define("stock:low", StockLow, ("user:<id>",)) == "stock:low"
    events.define("stock:low", StockLow, ("user:<id>",))  # Its module may be imported twice.
    made = document("Batchwire", "1")
    assert made["operations"]["stock-low"]["description"] == "Goes to the rooms user:<id>."
    assert made["components"]["schemas"]["StockLow"]["properties"]["part"] == {
        "title": "Part",
        "type": "string",
    }
    with pytest.raises(ValueError, match="another event"):
        events.define("batch:progress", StockLow, ())
