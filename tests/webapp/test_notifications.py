"""`/api/notifications`, in process: whose they are, pages, reading, and who may send."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from errors import InvalidInput, NotFound
from realtime.publish.notifications import Notifier
from tests.webapp import test_http
from tests.webapp.test_http import create, login, run_all
from webapp.services import Services

PATH = "/api/notifications"

client = test_http.client


def notifier(client: FlaskClient) -> Notifier:
    services: Services = client.application.extensions["batchwire"]
    return services.engine.notifier


def listed(client: FlaskClient, name: str = "owner", **query: Any) -> dict[str, Any]:
    answer = client.get(PATH, headers=login(client, name), query_string=query)
    assert answer.status_code == 200, answer.json
    return dict(answer.json or {})


def send(client: FlaskClient, name: str = "admin", **body: Any) -> Any:
    return client.post(PATH, json=body, headers=login(client, name))


def test_the_end_of_a_batch_is_told_to_its_owner_alone(client: FlaskClient) -> None:
    create(client, login(client), operation="mixed", items=["a"] * 998 + ["fail"] * 2, name="Big one")
    run_all(client)
    answer = listed(client)
    (told,) = answer["notifications"]
    assert (told["title"], told["message"]) == (
        "Batch Big one completed",
        "998 of 1,000 successful, 2 failed",
    )
    assert (told["severity"], told["readAt"], answer["unreadCount"]) == ("warning", None, 1)
    assert told["link"] == f"/batches/{told['batchId']}"
    for name in ("other", "admin"):
        assert listed(client, name)["notifications"] == []


@pytest.mark.parametrize(
    ("body", "severity", "words"),
    [
        ({"items": ["a", "skip"]}, "info", "1 of 2 successful, 1 skipped"),
        ({"items": ["fail"], "maxFailures": 0}, "error", "1 item failed, at most 0 may"),
    ],
)
def test_its_severity_and_words_say_how_it_ended(
    client: FlaskClient, body: dict[str, Any], severity: str, words: str
) -> None:
    create(client, login(client), operation="mixed", **body)
    run_all(client)
    (told,) = listed(client)["notifications"]
    assert told["severity"] == severity
    assert words in told["message"]


def test_a_cancelled_batch_is_no_news(client: FlaskClient) -> None:
    headers = login(client)
    batch = create(client, headers, operation="mixed", items=["a"])
    assert client.post(f"/api/batch/{batch['id']}/cancel", headers=headers).status_code == 200
    run_all(client)
    assert listed(client)["notifications"] == []


def test_pages_are_limited_and_lead_to_each_other(client: FlaskClient) -> None:
    for number in range(5):
        notifier(client).notify_all(f"News {number}")
    first = listed(client, limit=2)
    second = listed(client, limit=2, cursor=first["nextCursor"])
    third = listed(client, limit=2, cursor=second["nextCursor"])
    titles = [one["title"] for page in (first, second, third) for one in page["notifications"]]
    assert titles == [f"News {number}" for number in (4, 3, 2, 1, 0)]
    assert third["nextCursor"] is None
    assert first["unreadCount"] == 5


@pytest.mark.parametrize("query", [{"limit": 101}, {"limit": 0}, {"cursor": "'; --"}, {"unknown": 1}])
def test_a_query_that_makes_no_sense_names_its_field(client: FlaskClient, query: dict[str, Any]) -> None:
    answer = client.get(PATH, headers=login(client), query_string=query)
    assert answer.status_code == 422
    assert answer.json["details"]["fields"][0]["field"] == next(iter(query))


def test_reading_one_and_all_is_kept_for_each_user(client: FlaskClient) -> None:
    for title in ("one", "two", "three"):
        notifier(client).notify_all(title)
    headers = login(client)
    newest = listed(client)["notifications"][0]
    for _ in range(2):
        answer = client.post(f"{PATH}/{newest['id']}/read", headers=headers)
        assert (answer.status_code, answer.json["unreadCount"]) == (200, 2)
    assert [one["title"] for one in listed(client, unread="true")["notifications"]] == ["two", "one"]
    assert listed(client)["notifications"][0]["readAt"] is not None
    assert client.post(f"{PATH}/read-all", headers=headers).json["unreadCount"] == 0
    assert listed(client)["unreadCount"] == 0
    assert listed(client, "other")["unreadCount"] == 3


def test_anothers_notification_looks_like_none(client: FlaskClient) -> None:
    create(client, login(client), operation="mixed", items=["a"])
    run_all(client)
    theirs = listed(client)["notifications"][0]["id"]
    for notification_id in (theirs, "0198-nothing".replace("nothing", "0000")):
        answer = client.post(f"{PATH}/{notification_id}/read", headers=login(client, "other"))
        assert answer.status_code == 404
        assert answer.json["error"] == f"There is no notification {notification_id}"
    assert listed(client)["unreadCount"] == 1


def test_admins_send_to_all_to_a_role_and_to_a_user(client: FlaskClient) -> None:
    assert send(client, to="all", title="all").status_code == 201
    assert send(client, to="role", recipient="admin", title="admins").status_code == 201
    assert send(client, to="user", recipient="other@example.org", title="you").status_code == 201
    told = {
        name: [one["title"] for one in listed(client, name)["notifications"]]
        for name in ("owner", "other", "admin")
    }
    assert told == {"owner": ["all"], "other": ["you", "all"], "admin": ["admins", "all"]}


def test_nobody_else_sends(client: FlaskClient) -> None:
    assert send(client, "owner", to="all", title="Hello").status_code == 403
    assert client.post(PATH, json={"to": "all", "title": "Hello"}).status_code == 401
    assert client.get(PATH).status_code == 401
    assert listed(client)["notifications"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"to": "all", "title": ""}, "title"),
        ({"to": "all", "title": "   "}, "title"),
        ({"to": "all", "title": "x" * 201}, "title"),
        ({"to": "all", "title": "x\x00"}, "title"),
        ({"to": "all", "title": "x", "message": "x" * 2001}, "message"),
        ({"to": "all", "title": "x", "severity": "fatal"}, "severity"),
        ({"to": "all", "title": "x", "link": "https://example.org"}, "link"),
        ({"to": "all", "title": "x", "link": "//example.org"}, "link"),
        ({"to": "all", "title": "x", "link": "/\\example.org"}, "link"),
        ({"to": "all", "title": "x", "recipient": "admin"}, "recipient"),
        ({"to": "role", "title": "x"}, "recipient"),
        ({"to": "role", "title": "x", "recipient": "a b"}, "role"),
        ({"to": "user", "title": "x", "recipient": "nobody@example.org"}, "recipient"),
        ({"to": "nobody", "title": "x"}, "to"),
    ],
)
def test_what_cannot_be_sent_names_its_field(client: FlaskClient, body: dict[str, Any], field: str) -> None:
    answer = send(client, **body)
    assert answer.status_code == 422, answer.json
    assert answer.json["details"]["fields"][0]["field"] == field
    assert listed(client)["notifications"] == []


def test_the_python_calls_check_what_they_are_given(client: FlaskClient) -> None:
    with pytest.raises(NotFound):
        notifier(client).notify_user("nobody", "Hello")
    with pytest.raises(InvalidInput, match="severity"):
        notifier(client).notify_all("Hello", severity="fatal")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="role"):
        notifier(client).alert("Hello", role="a:b")
    assert listed(client, "admin")["notifications"] == []
