"""Rooms and people are found or made many at once: few statements, and the names that one after the other would get."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.schema import memberships, messages, rooms, users
from app.transfer import accounts, mentions, places
from app.transfer.records import Person, Room
from tests.transfer.conftest import Bring

PEOPLE = [Person(f"U{n}", f"user{n}") for n in range(6)]
KEYS = tuple(person.key for person in PEOPLE)


def _names(database: Engine) -> list[tuple[str, str]]:
    with database.connect() as conn:
        made = select(rooms.c.name, rooms.c.kind).where(rooms.c.name != "Lobby").order_by(rooms.c.id)
        return [(row.name, row.kind) for row in conn.execute(made)]


async def test_rooms_of_one_name_get_numbers_in_their_order_and_none_that_another_has(
    bring: Bring, database: Engine
) -> None:
    same = [Room(f"C{n}", "open", name) for n, name in enumerate(["General", "general", "general 2", "GENERAL"])]

    await bring(same)
    report = await bring(same)
    await bring([Room("D1", "closed", "General")], "another")

    assert [name for name, _ in _names(database)] == ["General", "general 3", "general 2", "GENERAL 4", "General 5"]
    assert report.rooms_made == 0


async def test_an_empty_room_of_that_name_is_taken_once_and_one_in_which_somebody_wrote_never(
    bring: Bring, database: Engine
) -> None:
    with database.begin() as conn:
        author = conn.scalar(insert(users).values(login="ann", display_name="Ann").returning(users.c.id))
        empty, used = conn.scalars(
            insert(rooms).returning(rooms.c.id),
            [{"kind": "open", "name": name, "name_key": name.lower()} for name in ("Plans", "Talk")],
        )
        said = {"room_id": used, "seq": 1, "rev": 1, "author_id": author, "body": "x"}
        conn.execute(insert(messages).values(**said, client_id=func.gen_random_uuid()))

    await bring([Room("C1", "open", "plans"), Room("C2", "open", "plans"), Room("C3", "open", "talk"), *PEOPLE])

    assert sorted(_names(database)) == [("Plans", "open"), ("Talk", "open"), ("plans 2", "open"), ("talk 2", "open")]
    assert empty != used


async def test_two_conversations_of_the_same_people_are_one_direct_room(bring: Bring, database: Engine) -> None:
    first, second = Room("D1", "direct", members=("U0", "U1")), Room("D2", "direct", members=("U1", "U0"))

    await bring([*PEOPLE, first, second])
    await bring([*PEOPLE, Room("D3", "direct", members=("U1", "U0"))], "another")

    assert _names(database) == [("", "direct")]
    with database.connect() as conn:
        assert (
            conn.scalar(select(func.count()).select_from(memberships).join(rooms).where(rooms.c.kind == "direct")) == 2
        )


async def test_a_room_without_a_name_is_called_after_its_people(bring: Bring, database: Engine) -> None:
    await bring([*PEOPLE, Room("C1", "closed", "", members=KEYS[:2]), Room("C2", "closed")])

    assert _names(database) == [("user0, user1", "closed"), ("Room C2", "closed")]


@contextmanager
def _counted(engine: AsyncEngine) -> Iterator[list[str]]:
    """What is sent to the database meanwhile; of a statement with many rows, as it is sent, each is one."""
    sent: list[str] = []

    def send(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.extend([statement] * (len(parameters) if isinstance(parameters, list) else 1))

    event.listen(engine.sync_engine, "before_cursor_execute", send)
    try:
        yield sent
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", send)


async def test_more_people_and_rooms_take_no_more_statements(bring: Bring, engine: AsyncEngine) -> None:
    def records(name: str, count: int) -> list[Person | Room]:
        people = [Person(f"{name}{n}", f"{name}{n}", email=f"{name}{n}@example.org") for n in range(count)]
        keys = tuple(person.key for person in people)
        named = [Room(f"{name}{n}", "open", f"{name} {n}", members=keys) for n in range(count)]
        return [*people, *named, *(Room(f"d{name}{n}", "direct", members=(keys[n], keys[0])) for n in range(count))]

    with _counted(engine) as few:
        await bring(records("a", 2), "few")
    with _counted(engine) as many:
        await bring(records("b", 40), "many")

    assert len(many) == len(few)


async def test_batches_come_whole(bring: Bring, database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "AT_ONCE", 3)
    monkeypatch.setattr(accounts, "AT_ONCE", 4)

    await bring([*PEOPLE, *(Room(f"C{n}", "closed", f"room {n}", members=KEYS) for n in range(5))])

    with database.connect() as conn:
        joined = (
            select(rooms.c.name, func.count()).join(memberships).where(rooms.c.kind == "closed").group_by(rooms.c.name)
        )
        assert {tuple(row) for row in conn.execute(joined)} == {(f"room {n}", len(PEOPLE)) for n in range(5)}


async def test_a_topic_names_people_and_rooms_as_a_text_does_and_what_does_not_fit_of_it_is_counted(
    bring: Bring, look: Bring, database: Engine
) -> None:
    topic = f"\x07 for {mentions.person('U0')}, see {mentions.room('C2')}\x07\nand \x01 ask"
    found = [*PEOPLE, Room("C1", "open", "plans", topic), Room("C2", "open", "talk", "x" * 251)]

    foreseen = await look([*found, Room("C3", "open", "n" * 70), Person("U9", "nin", "N" * 65, "no address")])
    report = await bring(found)

    with database.connect() as conn:
        topics = conn.scalars(select(rooms.c.topic).where(rooms.c.name != "Lobby").order_by(rooms.c.id))
        assert [*topics] == ["for @user0, see #talk and ask", "x" * 250]
    assert report.left_out == {"ends of topics, which are longer than here": 1}
    assert foreseen.left_out == report.left_out | {
        "ends of names of rooms, which are longer than here": 1,
        "ends of names of people, which are longer than here": 1,
        "e-mail addresses that are none": 1,
    }
