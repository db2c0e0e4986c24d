"""The JSON Schema that the types of the UI are generated from."""

from __future__ import annotations

import pytest
from pydantic import create_model

from realtime.contract.events import CLIENT_EVENTS, EVENTS, Wire, define
from webapp.docs.contracts import schema_of, wire_schema


def test_every_event_names_its_payload_and_its_acknowledgement() -> None:
    definitions = wire_schema()["$defs"]
    own = {name: model for name, (model, _) in EVENTS.items() if model.__module__ == Wire.__module__}
    sent = definitions["ServerEvents"]["properties"]
    assert sent == {name: {"$ref": f"#/$defs/{model.__name__}"} for name, model in own.items()}
    asked = definitions["ClientEvents"]["properties"]
    assert asked.keys() == CLIENT_EVENTS.keys()
    assert asked["join-room"]["properties"] == {
        "payload": {"$ref": "#/$defs/RoomRequest"},
        "answer": {"$ref": "#/$defs/RoomAnswer"},
    }
    assert asked["ping"]["properties"] == {"payload": {"type": "null"}, "answer": {"type": "null"}}


def test_all_that_is_named_is_defined() -> None:
    schema = wire_schema()
    assert _references(schema) <= {f"#/$defs/{name}" for name in schema["$defs"]}


def test_an_event_of_ones_own_is_no_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.contract.events.EVENTS", dict(EVENTS))
    define("stock:low", create_model("StockLow", __base__=Wire, __module__="shop.events"), ("stock",))
    assert "stock:low" not in wire_schema()["$defs"]["ServerEvents"]["properties"]


def test_two_models_of_one_name_are_refused() -> None:
    one = create_model("Batch", __base__=Wire, __module__="one", id=(int, ...))
    other = create_model("Batch", __base__=Wire, __module__="other", id=(str, ...))
    with pytest.raises(ValueError, match=r"two models of one name: .*Batch"):
        schema_of([one, other])


def _references(value: object) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_references, value))
    if not isinstance(value, dict):
        return set()
    found = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
    return found.union(*map(_references, value.values()))
