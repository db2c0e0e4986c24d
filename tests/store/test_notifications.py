"""Notifications are stored for a user, a role or everybody, and read by each reader alone."""

from __future__ import annotations

from store import flags, notifications
from store.clock import now_ms
from store.database import Database
from store.notifications import NotificationRow, Reader
from tests.conftest import add_user


def put(database: Database, room: str, title: str = "News") -> NotificationRow:
    with database.write() as connection:
        return notifications.add(
            connection,
            room=room,
            kind="notification",
            severity="info",
            title=title,
            message="",
            link=None,
            batch_id=None,
        )


def reader(database: Database, name: str, *roles: str) -> Reader:
    user = add_user(database, f"{name}@example.org")
    return Reader(user.id, [f"user:{user.id}", *(f"role:{role}" for role in roles), "all"], user.created_ms)


def titles(database: Database, who: Reader, *, unread: bool = False) -> list[str]:
    with database.read() as connection:
        rows = notifications.page(connection, who, unread_only=unread, before=None, limit=100)
    return [row.title for row, _ in rows]


def unread(database: Database, who: Reader) -> int:
    with database.read() as connection:
        return notifications.unread_count(connection, who)


def test_each_reader_sees_what_is_for_the_user_the_role_and_everybody(database: Database) -> None:
    one, admin = reader(database, "one"), reader(database, "admin", "admin")
    put(database, one.rooms[0], "one")
    put(database, "role:admin", "admins")
    put(database, "role:other", "others")
    put(database, "all", "everybody")
    assert titles(database, one) == ["everybody", "one"]
    assert titles(database, admin) == ["everybody", "admins"]


def test_what_was_told_to_everybody_before_a_user_was_there_is_not_shown(database: Database) -> None:
    put(database, "all", "long ago")
    who = reader(database, "new")
    late = Reader(who.user_id, who.rooms, now_ms() + 1000)
    assert titles(database, late) == []
    assert unread(database, late) == 0


def test_reading_concerns_the_reader_alone_and_happens_once(database: Database) -> None:
    one, other = reader(database, "one"), reader(database, "other")
    row = put(database, "all")
    with database.write() as connection:
        assert notifications.mark_read(connection, one, row.id)
        assert notifications.mark_read(connection, one, row.id)
    assert (unread(database, one), unread(database, other)) == (0, 1)
    assert titles(database, one, unread=True) == []
    assert titles(database, one) == ["News"]


def test_what_is_anothers_cannot_be_marked(database: Database) -> None:
    one, other = reader(database, "one"), reader(database, "other")
    row = put(database, one.rooms[0])
    with database.write() as connection:
        assert not notifications.mark_read(connection, other, row.id)
        notifications.mark_all_read(connection, other)
    assert unread(database, one) == 1


def test_all_are_marked_at_once_whatever_was_read_before(database: Database) -> None:
    one = reader(database, "one")
    first, _, _ = (put(database, room) for room in (one.rooms[0], one.rooms[0], "all"))
    with database.write() as connection:
        notifications.mark_read(connection, one, first.id)
        notifications.mark_all_read(connection, one)
    assert unread(database, one) == 0


def test_pages_follow_each_other_though_more_is_told_meanwhile(database: Database) -> None:
    one = reader(database, "one")
    for number in range(5):
        put(database, "all", str(number))
    with database.read() as connection:
        first = notifications.page(connection, one, unread_only=False, before=None, limit=2)
    put(database, "all", "new")
    with database.read() as connection:
        rest = notifications.page(connection, one, unread_only=False, before=first[-1][0].id, limit=10)
    assert [row.title for row, _ in first + rest] == ["4", "3", "2", "1", "0"]


def test_only_what_is_old_is_deleted_and_with_it_who_has_read_it(database: Database) -> None:
    one = reader(database, "one")
    put(database, "all")
    with database.write() as connection:
        notifications.mark_all_read(connection, one)
        assert notifications.delete_before(connection, now_ms() - 60_000) == 0
        assert notifications.delete_before(connection, now_ms() + 1) == 1
    assert titles(database, one) == []


def test_one_alone_makes_the_difference_to_a_switch(database: Database) -> None:
    with database.write() as connection:
        assert flags.get(connection, "light") is None
        assert not flags.put(connection, "light", {"on": False}, initially={"on": False})
        assert flags.put(connection, "light", {"on": True}, initially={"on": False})
        assert not flags.put(connection, "light", {"on": True}, initially={"on": False})
        assert flags.get(connection, "light") == {"on": True}
