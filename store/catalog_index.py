"""What a search looks through: a text for each node, in which case and accents make no difference."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, select, true, update

from store.tables import catalog_nodes as nodes

# What the text is made of, with the tags.
_PARTS = ("id", "title", "description")
# The blocks of combining marks: Unicode's own name for accents that stand alone.
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")


def fold(text: str) -> str:
    """The text as it is compared: `Größe` and `GROSSE` are the same (Unicode 17, 3.13 and UAX 15)."""
    plain = text.casefold()
    if not plain.isascii():
        plain = _MARKS.sub("", unicodedata.normalize("NFKD", plain))
    return " ".join(plain.split())


def text_of(node: Mapping[Any, Any]) -> str:
    """What a node, given by its columns, is found by: its id, title, description and tags."""
    return fold(" ".join([*(node.get(name) or "" for name in _PARTS), *(node.get("tags") or ())]))


def is_made_of(columns: Collection[str]) -> bool:
    """True if these columns of a node, beside its id, tell all of its text."""
    return {"title", "description", "tags"} <= set(columns)


def matches(text: str) -> ColumnElement[bool]:
    """The condition that a node holds each word of the text, somewhere."""
    condition: ColumnElement[bool] = true()
    for word in fold(text).split():
        condition &= nodes.c.search_text.contains(word, autoescape=True)
    return condition


def refresh(connection: Connection, ids: Collection[str]) -> dict[str, bool]:
    """Makes the texts of these nodes anew.

    Returns:
        The ids that there are, each with whether its text is another one now.
    """
    columns = (*(nodes.c[name] for name in _PARTS), nodes.c.tags, nodes.c.search_text)
    found = connection.execute(select(*columns).where(nodes.c.id.in_(list(ids))).order_by(nodes.c.id)).all()
    texts = {row.id: text_of(row._mapping) for row in found}
    changed = {row.id: texts[row.id] != row.search_text for row in found}
    fresh = [{"node": node_id, "text": texts[node_id]} for node_id, is_new in changed.items() if is_new]
    if fresh:
        statement = update(nodes).where(nodes.c.id == bindparam("node"))
        connection.execute(statement.values(search_text=bindparam("text")), fresh)
    return changed
