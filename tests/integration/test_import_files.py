"""Real files go through `import` over HTTP; the totals are those that DuckDB counts."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import requests

from tests.system import System
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(240)

FILES = ("airports.csv", "zipcodes.csv", "movies.json", "birdstrikes.csv")
# Files that no line of the code was written for.
OTHERS = ("species.csv", "unemployment.tsv", "flare.json", "earthquakes.json", "penguins.json")


def count_rows(path: Path) -> int:
    ((count,),) = duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchall()
    return int(count)


def import_file(system: System, session: requests.Session, path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        batch = system.create(session, files={"file": (path.name, file)}, data={"operation": "import"})
    return system.wait_for_end(session, batch["id"], 90)


def test_totals_are_the_files_own_and_failures_are_explained(system: System, real_files: Path) -> None:
    system.start_web()
    system.start_worker()
    session = system.login("owner@example.org")
    for name in FILES + OTHERS:
        batch = import_file(system, session, real_files / name)
        assert batch["status"] == "completed", name
        assert batch["processed"] == batch["total"] == batch["successful"] + batch["failed"], name  # type: ignore[operator]
        if name in FILES:
            assert batch["total"] == count_rows(real_files / name), name
        if batch["failed"]:
            assert_explained(system, session, str(batch["id"]))
        print(f"{name}: {batch['total']} rows, {batch['failed']} failed, {batch['durationMs']} ms")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_is_not_a_table_fails_with_the_reason(system: System, real_files: Path) -> None:
    system.start_web()
    system.start_worker()
    session = system.login("owner@example.org")
    batch = import_file(system, session, real_files / "volcano.json")
    assert batch["status"] == "failed"
    assert batch["error"] == {"code": "invalid_input", "message": "file: holds no list of objects"}


def assert_explained(system: System, session: requests.Session, batch_id: str) -> None:
    answer = wait_for(
        lambda: session.get(f"{system.url}/api/batch/{batch_id}/items?outcome=failed&limit=100", timeout=10)
    )
    for item in answer.json()["items"]:
        assert item["error"]["line"]
        assert item["error"]["field"]
        assert item["error"]["rule"]
