"""The JSON Schemas of all that crosses the wire, which the TypeScript types are generated from."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from realtime.contract import events
from webapp.api import schemas


def write_schemas(folder: Path) -> None:
    """Writes `events.schema.json` and `api.schema.json` into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, module in (("events", events), ("api", schemas)):
        text = orjson.dumps(schema_of(module), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
        (folder / f"{name}.schema.json").write_bytes(text + b"\n")


def schema_of(module: ModuleType) -> dict[str, Any]:
    """One JSON Schema that holds every model which the module defines."""
    models = [
        model
        for _, model in inspect.getmembers(module, inspect.isclass)
        if issubclass(model, BaseModel) and model.__module__ == module.__name__ and model.model_fields
    ]
    _, schema = models_json_schema([(model, "serialization") for model in models], by_alias=True)
    cleaned: dict[str, Any] = _without_titles({"type": "object", "additionalProperties": False, **schema})
    return cleaned


def _without_titles(value: Any) -> Any:
    """Leaves out the titles of single properties, of which the generator would make a type each."""
    if isinstance(value, list):
        return [_without_titles(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _without_titles(one) for name, one in value.items() if not _is_title(name, one)}


def _is_title(name: str, value: Any) -> bool:
    return name == "title" and isinstance(value, str)
