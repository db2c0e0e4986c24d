"""Chat over real web processes: kept, told once, plain text, and typing that ends by itself."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from tests.system import Listener, System, kill_group
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(120)
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def texts(listener: Listener) -> list[str]:
    return [message["text"] for message in listener.of("chat:message")]


def say(listener: Listener, **payload: Any) -> dict[str, Any]:
    answer: dict[str, Any] = listener.client.call("chat:message", payload)
    return answer


def test_a_message_is_seen_once_by_everybody_in_the_room_and_kept(system: System, second: System) -> None:
    system.start_web()
    second.start_web()
    owner, other = system.login("owner@example.org"), system.login("other@example.org")
    mine, theirs = system.connect(owner, rooms=["chat"]), second.connect(other, rooms=["chat"])
    outside = system.connect(other)
    html = "<img src=x onerror=alert(1)> & more"
    answer = say(mine, text=html, clientId="1")
    assert answer["success"] is True
    assert say(mine, content="again", clientId="1")["message"]["id"] == answer["message"]["id"]
    assert say(theirs, content="hello", room="chat")["success"] is True
    for listener in (mine, theirs):
        wait_for(lambda one=listener: len(texts(one)) == 2, 5, "both messages")
    (first, _) = theirs.of("chat:message")
    assert first["text"] == first["content"] == html
    assert first["user"] == first["sender"] == "owner"
    history = other.get(f"{system.url}/api/chat/messages?limit=1", timeout=5).json()
    assert [one["text"] for one in history["messages"]] == ["hello"]
    older = other.get(
        f"{system.url}/api/chat/messages?limit=1&before={history['nextBefore']}", timeout=5
    ).json()
    assert [one["text"] for one in older["messages"]] == [html]
    rooms = other.get(f"{system.url}/api/chat/rooms", timeout=5).json()["rooms"]
    assert [one["room"] for one in rooms] == ["chat"]
    # Whatever came twice, or to somebody who is not in the room, came before these two.
    outside.client.call("join-room", "chat")
    for speaker, text in ((mine, "from here"), (theirs, "from there")):
        assert say(speaker, text=text)["success"] is True
        for listener in (mine, theirs, outside):
            wait_for(lambda one=listener, last=text: last in texts(one), 5, text)
    last = ["from here", "from there"]
    assert [texts(one) for one in (mine, theirs)] == [[html, "hello", *last]] * 2
    assert texts(outside) == last
    assert "Traceback" not in system.log("web")


@ONE_DATABASE
def test_who_was_away_gets_the_messages_in_order(system: System) -> None:
    web = system.start_web()
    owner, other = system.login("owner@example.org"), system.login("other@example.org")
    before = system.connect(owner, rooms=["chat", "chat:team"])
    (welcome,) = before.of("welcome")
    before.close()
    speaker = system.connect(other, rooms=["chat", "chat:team", "chat:elsewhere"])
    for number in range(5):
        assert say(speaker, text=f"{number}", room="chat:team" if number % 2 else "chat")["success"]
    assert say(speaker, text="not for them", room="chat:elsewhere")["success"]
    kill_group(web, signal.SIGKILL)
    web.wait()
    system.start_web()
    after = system.connect(owner, rooms=["chat", "chat:team"], last_event_id=welcome["lastEventId"])
    wait_for(lambda: after.of("recovered"), 5, "recovered")
    assert texts(after) == ["0", "1", "2", "3", "4"]


@ONE_DATABASE
def test_typing_is_seen_by_the_others_and_ends_by_itself(system: System) -> None:
    system.start_web()
    mine = system.connect(system.login("owner@example.org"), rooms=["chat"])
    theirs = system.connect(system.login("other@example.org"), rooms=["chat"])

    def seen() -> list[bool]:
        return [event["isTyping"] for event in theirs.of("chat:typing")]

    assert mine.client.call("chat:typing", {"isTyping": True})["success"]
    wait_for(lambda: seen() == [True], 5, "typing")
    assert theirs.of("chat:typing")[0]["user"] == "owner"
    wait_for(lambda: seen() == [True, False], 8, "its end by itself")
    mine.client.call("chat:typing", {"isTyping": True})
    say(mine, text="done")
    wait_for(lambda: seen() == [True, False, True, False], 5, "its end with the message")
    mine.client.call("chat:typing", {"isTyping": True})
    mine.close()
    wait_for(lambda: seen()[-2:] == [True, False] and len(seen()) == 6, 5, "its end with the connection")
    assert mine.of("chat:typing") == []


@ONE_DATABASE
def test_what_may_not_be_said_is_refused_with_the_rule(system: System) -> None:
    system.environment["CHAT_MESSAGES_PER_MINUTE"] = "3"
    system.start_web()
    owner = system.login("owner@example.org")
    mine = system.connect(owner, rooms=["chat"])
    odd: list[Any] = [None, 5, [], {}, {"text": ""}, {"text": "  "}, {"text": "x" * 4001}, {"text": "a\x00b"}]
    odd += [
        {"text": 5},
        {"text": "a", "room": "dashboard"},
        {"text": "a", "room": "user:x"},
        {"text": "a", "x": 1},
    ]
    for payload in odd:
        answer = mine.client.call("chat:message", payload)
        assert (answer["success"], answer["code"]) == (False, "invalid_payload"), payload
    assert say(mine, text="a", room="chat:not-joined")["code"] == "forbidden"
    assert mine.client.call("chat:typing", {"isTyping": "yes"})["code"] == "invalid_payload"
    anonymous = system.connect(None, rooms=["chat"])
    assert [error["code"] for error in anonymous.of("error")] == ["forbidden"]
    assert say(anonymous, text="a")["code"] == "forbidden"
    for number in range(3):
        assert say(mine, text=str(number))["success"]
    assert say(mine, text="one too many")["code"] == "too_many_requests"
    answer = owner.post(f"{system.url}/api/chat/messages", json={"text": "by HTTP"}, timeout=5)
    assert answer.status_code == 429
    bad = owner.post(f"{system.url}/api/chat/messages", json={"text": ""}, timeout=5)
    assert bad.status_code == 422
    assert bad.json()["details"]["fields"][0]["field"] == "text"
    assert "Traceback" not in system.log("web")
