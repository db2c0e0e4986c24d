"""The AsyncAPI document of all that crosses a socket, made from the event catalogue.

Source of the format: asyncapi.com/docs/reference/specification/v3.0.0.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from realtime.contract.events import CLIENT_EVENTS, EVENTS, Wire

CHANNEL = {"$ref": "#/channels/socket"}


def document(title: str, version: str) -> dict[str, Any]:
    """The document, with the server as the application: it sends events and receives those of clients."""
    sent = {name: payload for name, (payload, _) in EVENTS.items()}
    received = {_request(name): payload for name, (payload, _) in CLIENT_EVENTS.items()}
    answers = {f"{name} answer": answer for name, (_, answer) in CLIENT_EVENTS.items() if answer is not None}
    messages = {_key(name): _message(name, payload) for name, payload in (sent | received | answers).items()}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": title, "version": version, "description": "Socket.IO at /socket.io, namespace /."},
        "defaultContentType": "application/json",
        "channels": {
            "socket": {
                "address": "/",
                "messages": {key: {"$ref": f"#/components/messages/{key}"} for key in messages},
            }
        },
        "operations": {_key(name): _sending(name, rooms) for name, (_, rooms) in EVENTS.items()}
        | {_key(_request(name)): _receiving(name, answer) for name, (_, answer) in CLIENT_EVENTS.items()},
        "components": {"messages": messages, "schemas": _schemas(sent | received | answers)},
    }


def _key(name: str) -> str:
    """A name in the letters that the format has for keys."""
    return name.replace(":", "-").replace(" ", "-")


def _request(name: str) -> str:
    """What a client's event is called here: some have the name of one that the server sends."""
    return f"{name} request" if name in EVENTS else name


def _message(name: str, payload: type[Wire] | None) -> dict[str, Any]:
    title, name = name, name.removesuffix(" request")
    if payload is None:
        return {"name": name, "title": title, "payload": {"type": "null"}}
    reference = {"$ref": f"#/components/schemas/{payload.__name__}"}
    return {"name": name, "title": title, "summary": inspect.getdoc(payload), "payload": reference}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/channels/socket/messages/{_key(name)}"}


def _sending(name: str, rooms: tuple[str, ...]) -> dict[str, Any]:
    to = f"Goes to the rooms {' and '.join(rooms)}." if rooms else "Goes to the one socket that it concerns."
    return {"action": "send", "channel": CHANNEL, "description": to, "messages": [_reference(name)]}


def _receiving(name: str, answer: type[Wire] | None) -> dict[str, Any]:
    message = _reference(_request(name))
    operation: dict[str, Any] = {"action": "receive", "channel": CHANNEL, "messages": [message]}
    if answer is not None:
        operation["reply"] = {"channel": CHANNEL, "messages": [_reference(f"{name} answer")]}
    return operation


def _schemas(payloads: Mapping[str, type[Wire] | None]) -> dict[str, Any]:
    models = {model.__name__: model for model in payloads.values() if model is not None}
    _, schema = models_json_schema(
        [(model, "serialization") for model in models.values()],
        by_alias=True,
        ref_template="#/components/schemas/{model}",
    )
    found: dict[str, Any] = schema["$defs"]
    return found
