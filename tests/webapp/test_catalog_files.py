"""Catalog jobs over HTTP and from the command line: who may, what is refused at once, and what is started."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.webapp import test_http
from tests.webapp.test_http import login, run_all
from webapp.services import Services

client = test_http.client
PATHS = ("/api/functions/reload", "/api/functions/add-files")
REINDEX = "/api/functions/reindex"


@pytest.fixture
def folder(client: FlaskClient) -> Path:
    services: Services = client.application.extensions["batchwire"]
    folder = services.settings.effective_catalog_dir
    folder.mkdir(parents=True)
    (folder / "parts.json").write_text('[{"id": "bolt", "title": "Bolt"}]')
    return folder


def post(client: FlaskClient, path: str, name: str = "admin", **options: Any) -> Any:
    body = options.pop("json", {})
    headers = login(client, name) | options.pop("headers", {})
    return client.post(path, json=body, headers=headers, **options)


@pytest.mark.parametrize("path", PATHS)
def test_an_admin_starts_it_and_the_catalog_changes(client: FlaskClient, folder: Path, path: str) -> None:
    answer = post(client, path)
    assert answer.status_code == 201
    run_all(client)
    batch = client.get(f"/api/batch/{answer.json['batch']['id']}", headers=login(client, "admin")).json[
        "batch"
    ]
    assert (batch["status"], batch["successful"]) == ("completed", 1)
    node = client.get("/api/functions/nodes/bolt", headers=login(client)).json
    assert node["title"] == "Bolt"


@pytest.mark.parametrize("path", PATHS)
def test_nobody_else_may_start_it_in_any_way(client: FlaskClient, folder: Path, path: str) -> None:
    answer = post(client, path, "owner", json={"files": ["../../secret.json"]})
    assert answer.status_code == 403
    assert "role admin" in answer.json["error"]
    body = {"operation": path.rsplit("/", 1)[1].replace("reload", "reload-catalog"), "filters": {}}
    assert post(client, "/api/batch/create", "owner", json=body).status_code == 403
    operations = client.get("/api/batch/operations", headers=login(client)).json["operations"]
    assert body["operation"] not in {one["name"] for one in operations}
    operations = client.get("/api/batch/operations", headers=login(client, "admin")).json["operations"]
    assert body["operation"] in {one["name"] for one in operations}


def test_a_reindex_is_for_admins_and_leaves_everything_found(client: FlaskClient, folder: Path) -> None:
    post(client, PATHS[0])
    run_all(client)
    assert post(client, REINDEX, "owner").status_code == 403
    answer = post(client, REINDEX)
    assert answer.status_code == 201
    run_all(client)
    batch = client.get(f"/api/batch/{answer.json['batch']['id']}", headers=login(client, "admin")).json
    assert batch["batch"]["status"] == "completed"
    assert batch["batch"]["skipped"] == batch["batch"]["total"] > 0
    found = client.get("/api/functions/search?q=BOLT", headers=login(client)).json["nodes"]
    assert [node["id"] for node in found] == ["bolt"]


def test_the_same_key_starts_it_once(client: FlaskClient, folder: Path) -> None:
    first, second = (post(client, PATHS[0], headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json["batch"]["id"] == second.json["batch"]["id"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (["none.json"], "there is no file"),
        (["../parts.json"], "not the name"),
        ([""], "not the name"),
        (["a\x00b.json"], "not the name"),
        (["parts.csv"], "does not end"),
    ],
)
def test_a_file_that_cannot_be_is_refused_at_once(
    client: FlaskClient, folder: Path, files: list[str], said: str
) -> None:
    answer = post(client, PATHS[1], json={"files": files})
    assert answer.status_code == 422
    (field,) = answer.json["details"]["fields"]
    assert field["field"] == "files"
    assert said in field["message"]


def test_without_a_folder_it_says_where_to_make_one(client: FlaskClient) -> None:
    answer = post(client, PATHS[0])
    assert answer.status_code == 422
    assert "there is no folder" in answer.json["error"]


def test_the_command_line_does_the_same(client: FlaskClient, folder: Path) -> None:
    runner = client.application.test_cli_runner()
    command = ["catalog", "reload", "--no-wait", "--user"]
    refused = runner.invoke(args=[*command, "owner@example.org"])
    assert refused.exit_code == 1
    assert "role admin" in refused.output
    assert (
        "there is no file none.json"
        in runner.invoke(args=[*command, "admin@example.org", "none.json"]).output
    )
    started = runner.invoke(args=[*command, "admin@example.org", "parts.json"])
    assert started.exit_code == 0, started.output
    run_all(client)
    assert client.get("/api/functions/nodes/bolt", headers=login(client)).status_code == 200
    started = runner.invoke(args=["catalog", "reindex", "--no-wait", "--user", "admin@example.org"])
    assert started.exit_code == 0, started.output
    for name in ("reload", "add-files", "reindex"):
        assert "Usage" in runner.invoke(args=["catalog", name, "--help"]).output
