"""The JSON Schema of all that crosses the wire, which the TypeScript types are generated from."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from realtime.contract import events
from webapp.api import schemas

_Definition = dict[str, Any]


def write_schemas(folder: Path) -> None:
    """Writes `wire.schema.json` into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    text = orjson.dumps(wire_schema(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    (folder / "wire.schema.json").write_bytes(text + b"\n")


def wire_schema() -> dict[str, Any]:
    """One JSON Schema of all requests, answers and events, and of which event carries what."""
    requests_and_answers = (
        importlib.import_module(module.name)
        for module in pkgutil.iter_modules(schemas.__path__, f"{schemas.__name__}.")
    )
    schema = schema_of([model for module in (events, *requests_and_answers) for model in _models_in(module)])
    schema["$defs"] |= _event_maps(events.EVENTS, events.CLIENT_EVENTS)
    return schema


def schema_of(models: Iterable[type[BaseModel]]) -> dict[str, Any]:
    """One JSON Schema that holds every model.

    Raises:
        ValueError: Two of them have the same name, so that a client could not tell which is meant.
    """
    _, schema = models_json_schema([(model, "serialization") for model in models], by_alias=True)
    # Where a name is not enough to tell models apart, pydantic puts the module before it.
    if doubled := sorted(name for name in schema["$defs"] if "__" in name):
        raise ValueError(f"there are two models of one name: {', '.join(doubled)}")
    cleaned: dict[str, Any] = _cleaned({"type": "object", "additionalProperties": False, **schema})
    return cleaned


def _models_in(module: ModuleType) -> list[type[BaseModel]]:
    return [
        model
        for _, model in inspect.getmembers(module, inspect.isclass)
        if issubclass(model, BaseModel) and model.__module__ == module.__name__ and model.model_fields
    ]


def _event_maps(
    sent: Mapping[str, tuple[type[BaseModel], tuple[str, ...]]],
    received: Mapping[str, tuple[type[BaseModel] | None, type[BaseModel] | None]],
) -> dict[str, _Definition]:
    """Two definitions more: what each event of the server carries, and each of a client with its answer."""
    # Events of one's own have models elsewhere; this project's own clients do not know them.
    own = {name: model for name, (model, _) in sent.items() if model.__module__ == events.__name__}
    server = _object({name: _carried(model) for name, model in own.items()})
    client = _object(
        {
            name: _object({"payload": _carried(payload), "answer": _carried(answer)})
            for name, (payload, answer) in received.items()
        }
    )
    return {
        "ServerEvents": server | {"description": "What the server sends: the payload of each event."},
        "ClientEvents": client
        | {"description": "What a client sends: the payload of each event, and what acknowledges it."},
    }


def _carried(model: type[BaseModel] | None) -> _Definition:
    return {"type": "null"} if model is None else {"$ref": f"#/$defs/{model.__name__}"}


def _object(properties: dict[str, _Definition]) -> _Definition:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _cleaned(value: Any) -> Any:
    """Leaves out what the generator would make a type of its own from.

    That are the titles of single properties, and defaults that stand beside a reference.
    """
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _cleaned(one)
        for name, one in value.items()
        if not (name == "title" and isinstance(one, str)) and not (name == "default" and "$ref" in value)
    }
