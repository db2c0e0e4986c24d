"""The catalog over HTTP, and what is told of it when a batch has changed it."""

from __future__ import annotations

import pytest

from demo.catalog import seed_catalog
from store.database import Database
from tests.system import System
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(120)


def test_everybody_in_the_room_hears_once_how_many_nodes_have_changed(
    system: System, database: Database
) -> None:
    seed_catalog(database, 300)
    system.start_web()
    system.start_worker()
    owner, other = system.login("owner@example.org"), system.login("other@example.org")
    watching = [system.connect(owner, rooms=["catalog"]), system.connect(other, rooms=["catalog"])]
    outside = system.connect(other)
    batch = system.create(owner, json={"operation": "annotate"})
    annotated = system.wait_for_end(owner, batch["id"])["successful"]
    file = {"file": ("parts.csv", b"id,title\nA,Bolt\nB,Nut\n,\n")}
    imported = system.create(owner, data={"operation": "import"}, files=file)
    system.wait_for_end(owner, imported["id"])
    for listener in watching:
        wait_for(lambda one=listener: len(one.of("catalog:update")) == 2, 10, "both updates")
        assert [event["changes"] for event in listener.of("catalog:update")] == [
            {"added": 0, "modified": annotated, "deleted": 0},
            {"added": 2, "modified": 0, "deleted": 0},
        ]
        assert not any(batch["id"] in str(event) for event in listener.of("catalog:update"))
    assert outside.of("catalog:update") == []

    api = f"{system.url}/api/functions"
    top = owner.get(f"{api}/index", timeout=5).json()
    area = next(node for node in top["nodes"] if node["children"])
    below = owner.get(f"{api}/nodes/{area['id']}/children?limit=1", timeout=5).json()
    assert len(below["nodes"]) == 1
    node = owner.get(f"{api}/nodes/{below['nodes'][0]['id']}", timeout=5).json()
    assert node["breadcrumbs"] == [{"id": area["id"], "title": area["title"]}]
    found = owner.get(f"{api}/search?q=bolt", timeout=5).json()
    assert [one["title"] for one in found["nodes"]] == ["Bolt"]
    assert found["total"] == 1
    assert owner.get(f"{api}/nodes/no/such/node", timeout=5).status_code == 404
    assert owner.get(f"{api}/search?limit=101", timeout=5).status_code == 422
