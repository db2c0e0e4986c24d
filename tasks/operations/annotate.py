"""The operation `annotate`: describes functions of the catalog and writes that back to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from sqlalchemy import Connection

from realtime.publish.catalog_news import after_annotation
from store import catalog
from tasks.annotation.annotator import Annotator, FunctionText
from tasks.annotation.local import LocalAnnotator, load
from tasks.operation import Context, Item, ItemError, Outcome, Skip, operation
from tasks.sources.catalog import CatalogSource

PROVIDERS: dict[str, Annotator] = {"local": LocalAnnotator()}


class AnnotateOptions(BaseModel):
    """How functions are annotated."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    max_keywords: int = Field(
        8, title="Keywords", description="How many keywords a function gets at most.", ge=1, le=20
    )
    overwrite: bool = Field(
        True,
        title="Annotate again",
        description="Replace existing annotations; otherwise such functions are skipped.",
    )
    provider: Literal["local"] = Field(
        "local", title="Provider", description="Who annotates; local needs no network."
    )


def save(connection: Connection, context: Context, outcomes: Sequence[Outcome[dict[str, Any]]]) -> None:
    """Writes the annotations to their nodes."""
    catalog.write_annotations(
        connection,
        [
            {
                "node_id": outcome.item.key,
                "keywords": outcome.result["keywords"],
                "summary": outcome.result["summary"],
                "business_area": outcome.result["businessArea"],
                "pii": outcome.result["pii"],
                "complexity": outcome.result["complexity"],
                "quality": outcome.result["quality"],
            }
            for outcome in outcomes
        ],
    )


@operation(
    "annotate",
    title="Annotate functions",
    description="Finds keywords, business area, personal data, complexity and quality of catalog functions.",
    icon="tags",
    item_label="functions",
    options=AnnotateOptions,
    source=CatalogSource(),
    save=save,
    prepare=load,
    ended=after_annotation,
)
def annotate(item: Item, options: AnnotateOptions, context: Context) -> dict[str, Any]:
    """Annotates one function."""
    node = item.data
    if node["annotated"] and not options.overwrite:
        raise Skip("It is annotated already")
    if not node["title"].strip():
        raise ItemError("A function without a title cannot be annotated", field="title", rule="required")
    return PROVIDERS[options.provider].annotate(_as_text(node), options.max_keywords).as_json()


def _as_text(node: dict[str, Any]) -> FunctionText:
    meta = node["meta"] or {}
    fields = meta.get("fields")
    steps = meta.get("steps")
    return FunctionText(
        title=node["title"],
        description=node["description"] or "",
        kind=node["kind"],
        area=node["area"],
        tags=node["tags"] or (),
        fields=[str(name) for name in fields] if isinstance(fields, list) else (),
        steps=steps if isinstance(steps, int) else None,
    )
