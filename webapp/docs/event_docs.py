"""The Socket.IO events for people and for tools: a page, and the AsyncAPI document that it is made from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from realtime.contract import asyncapi
from realtime.contract.events import EVENTS
from version import VERSION

TITLE = "Batchwire"
# Browsers keep it, and ask each time whether it is still the same.
REVALIDATE = "no-cache"

event_docs = Blueprint("event_docs", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a payload, as the page shows it."""

    name: str
    type: str
    is_optional: bool
    description: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An event, as the page shows it.

    Attributes:
        where: Which rooms it goes to; empty for what clients send.
        answer: The fields of the acknowledgement; None where there is none.
    """

    key: str
    name: str
    summary: str
    where: str
    fields: list[Field]
    answer: list[Field] | None = None


@event_docs.get("/api/asyncapi.json")
def asyncapi_json() -> BaseResponse:
    """The document."""
    return _revalidated(Response(_document_text(len(EVENTS)), mimetype="application/json"))


@event_docs.get("/api/docs/events")
def page() -> BaseResponse:
    """The page."""
    return _revalidated(Response(_page_text(len(EVENTS)), mimetype="text/html"))


def _revalidated(response: Response) -> BaseResponse:
    response.headers["Cache-Control"] = REVALIDATE
    response.add_etag()
    return response.make_conditional(request)


@lru_cache(maxsize=1)
def _document_text(_: int) -> bytes:
    """Made once, and again when somebody has defined an event of their own since."""
    return orjson.dumps(asyncapi.document(TITLE, VERSION))


@lru_cache(maxsize=1)
def _page_text(_: int) -> str:
    document = asyncapi.document(TITLE, VERSION)
    entries = {key: _entry(document, key, operation) for key, operation in document["operations"].items()}
    sent = [one for key, one in entries.items() if document["operations"][key]["action"] == "send"]
    received = [one for one in entries.values() if one not in sent]
    return render_template("events.html", title=TITLE, sections=[("sent", sent), ("received", received)])


def _entry(document: dict[str, Any], key: str, operation: dict[str, Any]) -> Entry:
    message = _resolve(document, _resolve(document, operation["messages"][0]))
    answer = None
    if "reply" in operation:
        answer = _fields(document, _resolve(document, _resolve(document, operation["reply"]["messages"][0])))
    return Entry(
        key=key,
        name=message["name"],
        summary=_plain(message.get("summary") or ""),
        where=operation.get("description", ""),
        fields=_fields(document, message),
        answer=answer,
    )


def _fields(document: dict[str, Any], message: dict[str, Any]) -> list[Field]:
    schema = message["payload"]
    if "$ref" in schema:
        schema = _resolve(document, schema)
    required = schema.get("required", [])
    return [
        Field(name, _type_of(one), name not in required, one.get("description", ""))
        for name, one in schema.get("properties", {}).items()
    ]


def _resolve(document: dict[str, Any], reference: dict[str, Any]) -> dict[str, Any]:
    place: Any = document
    for part in reference["$ref"].removeprefix("#/").split("/"):
        place = place[part]
    found: dict[str, Any] = place
    return found


def _type_of(schema: dict[str, Any]) -> str:
    """A JSON Schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "anyOf" in schema:
        return " or ".join(_type_of(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f'"{one}"' for one in schema["enum"])
    if "const" in schema:
        return f'"{schema["const"]}"'
    if schema.get("type") == "array":
        return f"list of {_type_of(schema.get('items', {}))}"
    kind = str(schema.get("type", "any value"))
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def _plain(docstring: str) -> str:
    """The first paragraph, without the name of the event that it begins with."""
    first = " ".join(docstring.split("\n\n", 1)[0].split())
    text = first.split(": ", 1)[1] if first.startswith("`") and ": " in first else first
    return text[:1].upper() + text[1:]
