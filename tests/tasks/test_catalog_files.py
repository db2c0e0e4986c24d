"""Files of the catalog's folder become the catalog: what changes, what is refused, what stays."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, select, update

from errors import Forbidden
from store import catalog, catalog_tree
from store.batches import BatchRow
from store.database import Database
from store.tables import catalog_nodes, events, results
from store.users import UserRow
from tasks.engine.batches import BatchRequest
from tasks.engine.slices import run_slice
from tests.conftest import Workbench, add_user

BOLT = {"id": "bolt", "title": "Bolt", "kind": "part", "description": "Holds", "tags": ["steel"], "weight": 3}
NUT = {"id": "nut", "title": "Nut", "parent": "bolt", "area": "hardware"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "catalog").mkdir()
    return tmp_path / "catalog"


@pytest.fixture
def bench(make_workbench: Callable[..., Workbench], folder: Path) -> Workbench:
    return make_workbench(catalog_dir=folder)


@pytest.fixture
def admin(database: Database) -> UserRow:
    return add_user(database, "admin@example.org", roles=["admin"])


def write(folder: Path, name: str, *rows: Any) -> None:
    lines = b"\n".join(map(orjson.dumps, rows))
    (folder / name).write_bytes(lines if name.endswith("l") else orjson.dumps(rows))


def run(bench: Workbench, user: UserRow, operation: str = "reload-catalog", *files: str) -> BatchRow:
    batch = bench.batches.create(user.id, BatchRequest(operation=operation, filters={"files": list(files)}))
    bench.drain()
    return bench.batches.get(batch.id)


def nodes(database: Database) -> dict[str, Any]:
    with database.read() as connection:
        return {row.id: row for row in connection.execute(select(catalog_nodes))}


def told(database: Database, event: str = "catalog:reload") -> list[tuple[int, int, int]]:
    with database.read() as connection:
        query = select(events.c.payload, events.c.room).where(events.c.event == event).order_by(events.c.id)
        rows = connection.execute(query).all()
    assert {row.room for row in rows} <= {"catalog"}
    return [tuple(row.payload["changes"][name] for name in ("added", "modified", "deleted")) for row in rows]


def errors(database: Database) -> list[tuple[str, str]]:
    with database.read() as connection:
        found = connection.execute(select(results.c.key, results.c.error).where(results.c.error.is_not(None)))
        return sorted((row.key, orjson.loads(row.error)["rule"]) for row in found)


def test_the_catalog_becomes_what_the_files_say(
    bench: Workbench, database: Database, admin: UserRow, folder: Path
) -> None:
    write(folder, "a.json", BOLT)
    write(folder, "b.jsonl", NUT, {"id": "saw", "title": "Saw"})
    assert run(bench, admin).successful == 3
    found = nodes(database)
    assert found["bolt"].description == "Holds"
    assert found["bolt"].meta == {"weight": 3}
    assert (found["bolt"].kind, found["bolt"].tags, found["bolt"].parent_id) == ("part", ["steel"], None)
    assert (found["nut"].parent_id, found["nut"].area) == ("bolt", "hardware")

    write(folder, "b.jsonl", NUT | {"title": "Hexagon nut"}, {"id": "axe", "title": "Axe"})
    batch = run(bench, admin)
    assert (batch.successful, batch.skipped) == (2, 1)
    assert set(nodes(database)) == {"bolt", "nut", "axe"}
    assert nodes(database)["nut"].title == "Hexagon nut"
    batch = run(bench, admin)
    assert (batch.successful, batch.skipped) == (0, 3)
    assert told(database) == [(3, 0, 0), (1, 1, 1), (0, 0, 0)]


def test_added_files_delete_nothing_until_the_next_reload(
    bench: Workbench, database: Database, admin: UserRow, folder: Path
) -> None:
    write(folder, "a.json", BOLT)
    run(bench, admin)
    write(folder, "b.json", NUT)
    assert run(bench, admin, "add-files", "b.json").successful == 1
    assert told(database, "catalog:update") == [(1, 0, 0)]
    (folder / "b.json").unlink()
    run(bench, admin)
    assert set(nodes(database)) == {"bolt"}


def test_a_reload_of_some_files_deletes_nothing(
    bench: Workbench, database: Database, admin: UserRow, folder: Path
) -> None:
    write(folder, "a.json", BOLT)
    write(folder, "b.json", NUT)
    run(bench, admin)
    run(bench, admin, "reload-catalog", "b.json")
    assert set(nodes(database)) == {"bolt", "nut"}


def test_what_came_from_elsewhere_stays(
    bench: Workbench, database: Database, admin: UserRow, folder: Path
) -> None:
    with database.write() as connection:
        catalog.insert(connection, [{"id": "own", "title": "Made by hand"}])
    write(folder, "a.json", BOLT)
    run(bench, admin)
    write(folder, "a.json", NUT)
    run(bench, admin)
    assert set(nodes(database)) == {"own", "nut"}


def test_a_row_that_fails_lets_nothing_be_deleted(
    bench: Workbench, database: Database, admin: UserRow, folder: Path
) -> None:
    write(folder, "a.json", BOLT, NUT)
    run(bench, admin)
    write(folder, "a.json", {"id": "nut"}, {"title": "No id"}, {"id": "axe", "title": "Axe", "area": 5})
    write(folder, "b.json", {"id": "saw", "title": "Saw"}, {"id": "saw", "title": "Saw again"})
    batch = run(bench, admin)
    assert (batch.successful, batch.failed) == (1, 4)
    assert set(nodes(database)) == {"bolt", "nut", "saw"}
    assert [rule for _, rule in errors(database)] == ["required", "required", "type", "unique"]
    assert told(database)[-1] == (1, 0, 0)


@pytest.mark.parametrize(
    "content", [b"", b'[{"id": "x", "title": "X"', b"\xff\xfe\x00", b"5", b'{"a": 1}\n{"b": '], ids=repr
)
def test_a_file_that_cannot_be_read_changes_nothing_and_is_named(
    bench: Workbench, database: Database, admin: UserRow, folder: Path, content: bytes
) -> None:
    write(folder, "a.json", BOLT)
    run(bench, admin)
    write(folder, "a.json", NUT)
    (folder / "z.json").write_bytes(content)
    batch = run(bench, admin)
    if batch.status == "completed":  # A broken last line of JSON lines is that row's failure.
        assert batch.failed
    else:
        assert batch.status == "failed"
        assert "z.json" in str(batch.error_message)
    assert "bolt" in nodes(database)


@pytest.mark.parametrize(
    "name",
    ["../secret.json", "/etc/passwd", "", "..", "a.txt", "link.json", "none.json", "dir.json"],
)
def test_only_files_of_the_folder_can_be_named(
    bench: Workbench, database: Database, admin: UserRow, folder: Path, name: str
) -> None:
    (folder.parent / "secret.json").write_bytes(orjson.dumps([BOLT]))
    (folder / "a.txt").write_text("x")
    (folder / "dir.json").mkdir()
    os.symlink(folder.parent / "secret.json", folder / "link.json")
    batch = run(bench, admin, "add-files", name)
    assert batch.status == "failed"
    assert str(batch.error_message).startswith("files: ")
    assert nodes(database) == {}


def test_an_empty_file_empties_the_catalog_and_says_so(
    bench: Workbench, database: Database, admin: UserRow, folder: Path
) -> None:
    write(folder, "a.json", BOLT, NUT)
    run(bench, admin)
    write(folder, "a.json")
    assert run(bench, admin).total == 0
    assert nodes(database) == {}
    assert told(database) == [(2, 0, 0), (0, 0, 2)]


def test_a_cancelled_reload_tells_what_it_changed_and_deletes_nothing(
    make_workbench: Callable[..., Workbench], database: Database, admin: UserRow, folder: Path
) -> None:
    bench = make_workbench(catalog_dir=folder, chunk_items=10)
    write(folder, "a.json", BOLT)
    run(bench, admin)
    write(folder, "a.json", *({"id": f"n{number}", "title": "New"} for number in range(95)))
    batch = bench.batches.create(admin.id, BatchRequest(operation="reload-catalog", filters={}))
    while bench.batches.get(batch.id).processed == 0:
        run_slice(bench.engine, bench.messages.pop(0))
    done = bench.batches.cancel(batch.id).successful
    assert 0 < done < 95
    bench.drain()
    assert len(nodes(database)) == 1 + done
    assert told(database) == [(1, 0, 0)]
    assert told(database, "catalog:update") == [(done, 0, 0)]


def test_a_file_that_cannot_be_read_to_its_end_tells_of_no_change(
    bench: Workbench, database: Database, admin: UserRow, folder: Path
) -> None:
    (folder / "a.json").write_bytes(b'[{"id": "x", "title": "X"')
    assert run(bench, admin).status == "failed"
    assert told(database) == told(database, "catalog:update") == []


def test_a_reindex_mends_what_is_out_of_date_and_tells_how_much(
    make_workbench: Callable[..., Workbench], database: Database, admin: UserRow
) -> None:
    bench = make_workbench(chunk_items=10)
    with database.write() as connection:
        rows = [{"id": f"n{number:02}", "title": f"Größe {number}"} for number in range(30)]
        catalog.insert(connection, rows)
        catalog.ensure_folder(connection, "sizes", "Größen")
        stale = catalog_nodes.c.id.in_(["n03", "sizes"])
        connection.execute(update(catalog_nodes).where(stale).values(search_text="old"))
    batch = bench.batches.create(admin.id, BatchRequest(operation="reindex-catalog"))
    bench.drain()
    batch = bench.batches.get(batch.id)
    assert (batch.successful, batch.skipped, batch.failed) == (2, 29, 0)
    assert told(database, "catalog:update") == [(0, 2, 0)]
    with database.read() as connection:
        assert len(catalog_tree.search(connection, "grosse", None, None, 0, 50)[0]) == 31


def test_a_node_that_is_gone_before_its_turn_is_named(
    make_workbench: Callable[..., Workbench], database: Database, admin: UserRow
) -> None:
    bench = make_workbench()
    with database.write() as connection:
        catalog.insert(connection, [{"id": "a", "title": "A"}, {"id": "b", "title": "B"}])
    batch = bench.batches.create(admin.id, BatchRequest(operation="reindex-catalog"))
    run_slice(bench.engine, bench.messages.pop(0))
    with database.write() as connection:
        connection.execute(delete(catalog_nodes).where(catalog_nodes.c.id == "a"))
    bench.drain()
    batch = bench.batches.get(batch.id)
    assert (batch.successful, batch.skipped, batch.failed) == (0, 1, 1)
    assert errors(database) == [("a", "exists")]


def test_only_admins_may_start_it(bench: Workbench, user: UserRow, folder: Path) -> None:
    write(folder, "a.json", BOLT)
    for operation in ("reload-catalog", "add-files", "reindex-catalog"):
        with pytest.raises(Forbidden, match="role admin"):
            bench.batches.create(user.id, BatchRequest(operation=operation, filters={}))


def test_a_slice_that_comes_twice_and_one_that_is_lost_change_nothing(
    make_workbench: Callable[..., Workbench], database: Database, admin: UserRow, folder: Path
) -> None:
    bench = make_workbench(catalog_dir=folder, chunk_items=10)
    many = [{"id": f"n{number}", "title": f"Node {number}"} for number in range(95)]
    write(folder, "a.json", *many)
    batch = bench.batches.create(admin.id, BatchRequest(operation="reload-catalog", filters={}))
    while bench.messages:
        message = bench.messages.pop(0)
        run_slice(bench.engine, message)
        run_slice(bench.engine, message)
    assert bench.batches.get(batch.id).successful == 95
    write(folder, "a.json", *many[5:])
    run(bench, admin)
    assert len(nodes(database)) == 90
    assert told(database) == [(95, 0, 0), (0, 0, 5)]
