"""The demo catalog: functions of an imaginary ERP system, the same ones at every run.

A tree of business areas, modules and objects, with functions as leaves. Beyond the number of distinct
functions, more are made as variants for single sites, so that any size can be had.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

from demo.vocabulary import REMARKS, TEAMS, VERBS
from store import catalog
from store.database import Database
from tasks.annotation.vocabulary import AREAS

DEFAULT_COUNT = 3_500
ROWS_PER_INSERT = 2_000

Node = dict[str, Any]


def generate(count: int = DEFAULT_COUNT, seed: int = 1) -> Iterator[Node]:
    """Function nodes and the folders above them, parents first, as a stream.

    Args:
        count: How many function nodes; the folders (a few hundred) come on top.
        seed: Another seed makes other descriptions and figures for the same tree.

    Yields:
        Nodes as `store.catalog.insert` takes them.
    """
    yield from _folders()
    yield from itertools.islice(_functions(seed), count)


def seed_catalog(database: Database, count: int = DEFAULT_COUNT) -> int:
    """Stores the demo catalog where there is no catalog yet; returns how many nodes were stored.

    It is stored as a whole or not at all: half a catalog would count as one at the next start.
    """
    with database.read() as connection:
        if catalog.count(connection) > 0:
            return 0
    stored = 0
    nodes = generate(count)
    with database.write() as connection:
        while block := list(itertools.islice(nodes, ROWS_PER_INSERT)):
            catalog.insert(connection, block)
            stored += len(block)
    return stored


def _folders() -> Iterator[Node]:
    for area, (title, modules) in AREAS.items():
        yield _folder(area, None, title, area)
        for module, objects in modules.items():
            yield _folder(f"{area}.{module}", area, module.capitalize(), area)
            for name, _ in map(_split, objects):
                yield _folder(f"{area}.{module}.{_slug(name)}", f"{area}.{module}", name.capitalize(), area)


def _folder(node_id: str, parent_id: str | None, title: str, area: str) -> Node:
    return {"id": node_id, "parent_id": parent_id, "title": title, "kind": "folder", "area": area}


def _functions(seed: int) -> Iterator[Node]:
    for site in itertools.count():
        for area, (_, modules) in AREAS.items():
            for module, objects in modules.items():
                for text in objects:
                    name, fields = _split(text)
                    for verb in VERBS:
                        yield _function(seed, site, area, module, name, fields, verb)


def _function(seed: int, site: int, area: str, module: str, name: str, fields: list[str], verb: str) -> Node:
    parent = f"{area}.{module}.{_slug(name)}"
    node_id = f"{parent}.{verb}" if site == 0 else f"{parent}.{verb}.site-{site:04d}"
    chance = random.Random(f"{seed}:{node_id}")  # noqa: S311 - the same choices at every run
    kind, sentences = VERBS[verb]
    title = f"{verb.capitalize()} {name}"
    return {
        "id": node_id,
        "parent_id": parent,
        "title": title if site == 0 else f"{title} (site {site:04d})",
        "kind": kind,
        "area": area,
        "tags": [verb, module, *(["site"] if site else [])][: chance.randint(1, 3)],
        "description": _describe(chance, sentences, name, fields),
        "meta": {
            "fields": fields,
            "team": chance.choice(TEAMS),
            "callsPerMonth": int(chance.lognormvariate(5, 1.6)),
            "steps": chance.randint(1, 4) + len(fields),
            "since": chance.randint(2009, 2025),
        },
    }


def _describe(chance: random.Random, sentences: tuple[str, ...], name: str, fields: list[str]) -> str | None:
    if chance.random() < 0.04:  # Some functions of a real system were never described.
        return None
    article = "an" if name[0] in "aeiou" else "a"
    parts = [chance.choice(sentences).format(a=f"{article} {name}")]
    if chance.random() < 0.75:
        parts.append(f"Shows {', '.join(fields[:-1])} and {fields[-1]}." if len(fields) > 1 else "")
    remark = chance.choice(REMARKS)
    parts.append(remark.format(users=chance.randint(3, 90), team=chance.choice(TEAMS)))
    return " ".join(part for part in parts if part)


def _split(text: str) -> tuple[str, list[str]]:
    name, _, fields = text.partition(": ")
    return name, fields.split(", ")


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")
