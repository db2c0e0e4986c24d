"""The HTTP face, in process: answers, errors that name the field, and who may see what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from settings import Settings
from store import catalog
from store.database import Database
from tasks.engine.slices import run_slice
from tests.conftest import add_user
from tests.system import PASSWORD
from webapp.app import create_app
from webapp.services import Services


@pytest.fixture
def client(make_settings: Callable[..., Settings], database_url: str) -> Iterator[FlaskClient]:
    settings = make_settings(
        database_url=database_url, logins_per_minute=1000, batches_per_minute=1000, max_upload_bytes=50_000
    )
    database = Database(database_url)
    for name in ("owner", "other"):
        add_user(database, f"{name}@example.org", PASSWORD)
    add_user(database, "admin@example.org", PASSWORD, ["admin"])
    database.dispose()
    app = create_app(settings)
    yield app.test_client()
    _dispose(app)


def _dispose(app: Flask) -> None:
    services: Services = app.extensions["batchwire"]
    services.engine.close()


def login(client: FlaskClient, name: str = "owner") -> dict[str, str]:
    answer = client.post("/api/auth/login", json={"email": f"{name}@example.org", "password": PASSWORD})
    assert answer.status_code == 200
    return {"Authorization": f"Bearer {answer.json['token']}"}


def run_all(client: FlaskClient) -> None:
    """Does the work of the worker, chunk by chunk."""
    from sqlalchemy import select

    from store.tables import chunks

    services: Services = client.application.extensions["batchwire"]
    while True:
        with services.engine.database.read() as connection:
            waiting = (
                connection.execute(select(chunks.c.id).where(chunks.c.state == "queued")).scalars().all()
            )
        if not waiting:
            return
        for chunk_id in waiting:
            run_slice(services.engine, chunk_id)


def create(client: FlaskClient, headers: dict[str, str], **body: Any) -> dict[str, Any]:
    answer = client.post("/api/batch/create", json=body, headers=headers)
    assert answer.status_code == 201, answer.json
    batch: dict[str, Any] = answer.json["batch"]
    return batch


def test_login_gives_tokens_and_the_user(client: FlaskClient) -> None:
    answer = client.post("/api/auth/login", json={"email": "OWNER@example.org", "password": PASSWORD}).json
    assert answer["success"] is True
    assert answer["user"]["email"] == "owner@example.org"
    me = client.get("/api/auth/me", headers={"Authorization": f"Bearer {answer['token']}"})
    assert me.json["user"] == answer["user"]


def test_a_refresh_token_works_once_and_not_after_logout(client: FlaskClient) -> None:
    first = client.post("/api/auth/login", json={"email": "owner@example.org", "password": PASSWORD}).json
    second = client.post("/api/auth/refresh", json={"refreshToken": first["refreshToken"]})
    assert second.status_code == 200
    again = client.post("/api/auth/refresh", json={"refreshToken": first["refreshToken"]})
    assert again.status_code == 401
    client.post("/api/auth/logout", json={"refreshToken": second.json["refreshToken"]})
    after = client.post("/api/auth/refresh", json={"refreshToken": second.json["refreshToken"]})
    assert after.status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"email": "owner@example.org", "password": "wrong"},
        {"email": "nobody@example.org", "password": PASSWORD},
    ],
)
def test_a_wrong_login_does_not_tell_what_was_wrong(client: FlaskClient, body: dict[str, str]) -> None:
    answer = client.post("/api/auth/login", json=body)
    assert answer.status_code == 401
    assert answer.json == {
        "success": False,
        "error": "E-mail address or password is wrong",
        "details": {},
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/api/batch/create"),
        ("get", "/api/batch/history"),
        ("get", "/api/batch/x"),
        ("get", "/api/batch/x/items"),
        ("post", "/api/batch/x/cancel"),
        ("get", "/api/functions/areas"),
        ("get", "/api/auth/me"),
    ],
)
def test_nothing_of_this_is_for_anonymous_callers(client: FlaskClient, method: str, path: str) -> None:
    answer = getattr(client, method)(path)
    assert answer.status_code == 401
    assert answer.json["success"] is False
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_batch_goes_from_creation_to_its_results(client: FlaskClient) -> None:
    headers = login(client)
    batch = create(client, headers, operation="mixed", items=["a", "fail", "skip", "b"], name="My batch")
    assert batch["status"] == "running"
    assert batch["total"] == 4
    run_all(client)
    state = client.get(f"/api/batch/{batch['id']}", headers=headers).json["batch"]
    assert (state["status"], state["progress"], state["name"]) == ("completed", 100, "My batch")
    answer = client.get(f"/api/batch/{batch['id']}/results", headers=headers).json
    assert answer["summary"]["successful"] == 2
    assert [(group["count"], group["type"]) for group in answer["failures"]] == [(1, "ItemError")]
    items = client.get(f"/api/batch/{batch['id']}/items", headers=headers).json["items"]
    assert [item["outcome"] for item in items] == ["successful", "failed", "skipped", "successful"]
    assert items[0]["result"] == {"echo": "a"}
    assert items[1]["error"]["field"] == "name"


def test_items_are_paged_filtered_and_searched(client: FlaskClient) -> None:
    headers = login(client)
    batch = create(client, headers, operation="mixed", items=[f"key-{n}" for n in range(25)])
    run_all(client)
    path = f"/api/batch/{batch['id']}/items"
    seen: list[int] = []
    cursor = None
    while True:
        suffix = "" if cursor is None else f"&cursor={cursor}"
        page = client.get(f"{path}?limit=10{suffix}", headers=headers).json
        seen += [item["position"] for item in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert seen == list(range(25))
    assert len(client.get(f"{path}?q=KEY-2", headers=headers).json["items"]) == 6
    assert client.get(f"{path}?outcome=failed", headers=headers).json["items"] == []


def test_another_users_batch_looks_as_if_it_did_not_exist(client: FlaskClient) -> None:
    batch = create(client, login(client), operation="mixed", items=["a"])
    other, admin = login(client, "other"), login(client, "admin")
    for method, path in (("get", ""), ("get", "/results"), ("get", "/items"), ("post", "/cancel")):
        mine = getattr(client, method)(f"/api/batch/{batch['id']}{path}", headers=other)
        none = getattr(client, method)(f"/api/batch/no-such-batch{path}", headers=other)
        assert mine.status_code == none.status_code == 404
    assert client.get("/api/batch/history", headers=other).json["batches"] == []
    assert client.get("/api/batch/history?owner=all", headers=other).status_code == 403
    assert client.get(f"/api/batch/{batch['id']}", headers=admin).status_code == 200
    assert len(client.get("/api/batch/history?owner=all", headers=admin).json["batches"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "operation"),
        ({"operation": "mixed", "items": "abc"}, "items"),
        ({"operation": "mixed", "itmes": ["a"]}, "itmes"),
        ({"operation": "nothing", "items": ["a"]}, "operation"),
        ({"operation": "annotate", "filters": {"limit": 0}}, "filters.limit"),
        ({"operation": "annotate", "options": {"maxKeywords": 99}}, "options.maxKeywords"),
        ({"operation": "import"}, "file"),
        ({"operation": "mixed", "items": ["a"], "maxParallel": 0}, "maxParallel"),
    ],
)
def test_bad_input_gets_422_and_names_the_field(
    client: FlaskClient, body: dict[str, Any], field: str
) -> None:
    headers = login(client)
    answer = client.post("/api/batch/create", json=body, headers=headers)
    assert answer.status_code == 422
    assert field in [broken["field"] for broken in answer.json["details"]["fields"]]
    assert client.get("/api/batch/history", headers=headers).json["total"] == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe"])
def test_what_is_not_a_json_object_is_refused(client: FlaskClient, body: bytes) -> None:
    headers = login(client) | {"Content-Type": "application/json"}
    assert client.post("/api/batch/create", data=body, headers=headers).status_code == 422


def test_an_upload_becomes_a_batch_and_its_rows_become_nodes(client: FlaskClient) -> None:
    headers = login(client)
    data = {"operation": "import", "file": (BytesIO(b"code,name\n1,One\n2,\n3,Three\n"), "../numbers.csv")}
    answer = client.post("/api/batch/create", data=data, headers=headers)
    assert answer.status_code == 201
    assert answer.json["batch"]["uploadName"] == "numbers.csv"
    run_all(client)
    batch_id = answer.json["batch"]["id"]
    result = client.get(f"/api/batch/{batch_id}/results", headers=headers).json
    assert (result["summary"]["successful"], result["summary"]["failed"]) == (2, 1)
    example = result["failures"][0]["examples"][0]
    assert (example["line"], example["field"], example["rule"]) == (3, "name", "required")
    services: Services = client.application.extensions["batchwire"]
    assert list(services.settings.upload_dir.glob("*")) == [], "what was read is kept as items only"


def test_cancelling_before_the_file_was_read_removes_it(client: FlaskClient) -> None:
    headers = login(client)
    data = {"operation": "import", "file": (BytesIO(b"name\nOne\n"), "one.csv")}
    batch = client.post("/api/batch/create", data=data, headers=headers).json["batch"]
    services: Services = client.application.extensions["batchwire"]
    assert len(list(services.settings.upload_dir.glob("*"))) == 1
    client.post(f"/api/batch/{batch['id']}/cancel", headers=headers)
    assert list(services.settings.upload_dir.glob("*")) == []


def test_uploads_over_the_limit_leave_nothing_on_the_disk(client: FlaskClient) -> None:
    headers = login(client)
    data = {"operation": "import", "file": (BytesIO(b"x" * 60_000), "large.csv")}
    answer = client.post("/api/batch/create", data=data, headers=headers)
    assert answer.status_code == 413
    services: Services = client.application.extensions["batchwire"]
    assert list(services.settings.upload_dir.glob("*")) == []


def test_a_refused_upload_leaves_nothing_on_the_disk(client: FlaskClient) -> None:
    headers = login(client)
    for data in (
        {"operation": "nothing", "file": (BytesIO(b"a\n1\n"), "a.csv")},
        {"operation": "import", "options": "{", "file": (BytesIO(b"a\n1\n"), "a.csv")},
        {"operation": "import", "options": '{"onDuplicate": 1}', "file": (BytesIO(b"a\n1\n"), "a.csv")},
        {"operation": "import", "file": (BytesIO(b""), "a.csv")},
    ):
        assert client.post("/api/batch/create", data=data, headers=headers).status_code == 422
    services: Services = client.application.extensions["batchwire"]
    assert list(services.settings.upload_dir.glob("*")) == []


def test_operations_carry_the_schemas_that_forms_are_made_of(client: FlaskClient) -> None:
    operations = client.get("/api/batch/operations", headers=login(client)).json["operations"]
    by_name = {operation["name"]: operation for operation in operations}
    assert by_name["import"]["input"] == "file"
    assert by_name["annotate"]["optionsSchema"]["properties"]["maxKeywords"]["maximum"] == 20
    assert "areas" in by_name["annotate"]["filtersSchema"]["properties"]


def test_the_filters_offer_the_areas_and_kinds_of_the_catalog_that_is_there(client: FlaskClient) -> None:
    services: Services = client.application.extensions["batchwire"]

    def offered() -> list[list[str]]:
        operations = client.get("/api/batch/operations", headers=login(client)).json["operations"]
        (annotate,) = (one for one in operations if one["name"] == "annotate")
        fields = annotate["filtersSchema"]["properties"]
        return [fields[name]["examples"][0] for name in ("areas", "kinds")]

    assert offered() == [[], []]
    nodes = [("a", "folder", None), ("b", "form", "bakery"), ("c", "form", "bakery"), ("d", "oven", "attic")]
    rows = [{"id": id, "title": id, "kind": kind, "area": area} for id, kind, area in nodes]
    with services.engine.database.write() as connection:
        catalog.insert(connection, rows)
    assert offered() == [["attic", "bakery"], ["form", "oven"]]


def test_cancelling_twice_is_fine_and_cancelling_what_ended_is_a_conflict(client: FlaskClient) -> None:
    headers = login(client)
    batch = create(client, headers, operation="mixed", items=["a"] * 10)
    for _ in range(2):
        answer = client.post(f"/api/batch/{batch['id']}/cancel", headers=headers)
        assert (answer.status_code, answer.json["batch"]["status"]) == (200, "cancelled")
    done = create(client, headers, operation="mixed", items=["a"])
    run_all(client)
    answer = client.post(f"/api/batch/{done['id']}/cancel", headers=headers)
    assert answer.status_code == 409
    assert "completed" in answer.json["error"]


def test_rates_are_limited_and_say_when_to_come_back(
    make_settings: Callable[..., Settings], database_url: str
) -> None:
    app = create_app(make_settings(database_url=database_url, logins_per_minute=2))
    client = app.test_client()
    body = {"email": "nobody@example.org", "password": "whatever it is"}
    remote = {"REMOTE_ADDR": f"test-{id(client)}"}
    codes = [client.post("/api/auth/login", json=body, environ_base=remote).status_code for _ in range(6)]
    # The window may turn over once in between.
    assert codes[0] == 401
    assert 429 in codes
    answer = client.post("/api/auth/login", json=body, environ_base=remote)
    if answer.status_code == 429:
        assert int(answer.headers["Retry-After"]) >= 1
    _dispose(app)


def test_the_openapi_document_describes_every_route(client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").json
    assert document["openapi"].startswith("3.1")
    for path in ("/api/auth/login", "/api/batch/create", "/api/batch/{batch_id}/items", "/api/health"):
        assert path in document["paths"]
    assert client.get("/api/docs/").status_code == 200


def test_unknown_paths_and_methods_get_json(client: FlaskClient) -> None:
    assert client.get("/api/nothing").json["success"] is False
    assert client.put("/api/batch/create").status_code == 405


def test_health_names_what_is_missing(client: FlaskClient) -> None:
    answer = client.get("/api/health")
    assert answer.status_code == 503
    assert answer.json["database"]["ok"] is True
    assert answer.json["redis"]["ok"] is True
    assert answer.json["workers"]["error"] == "No worker is running"
