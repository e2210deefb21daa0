"""People and rooms are found by what people type of their names, in every search alike."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, literal, select

from app.db.schema import memberships, rooms, users
from tests.chat.conftest import Join
from tests.rooms.conftest import by
from tests.support.browsing import Browser

TABLE = json.loads((Path(__file__).parents[1] / "folding.json").read_text("utf-8"))
SOUGHT = TABLE["found"] + TABLE["called"]


def add(database: Engine, people: dict[str, str]) -> None:
    """People with these logins and names, in the first room."""
    rows = [{"login": login, "display_name": name, "password_hash": ""} for login, name in people.items()]
    with database.begin() as conn:
        conn.execute(insert(users), rows)
        new = select(literal(1), users.c.id).where(users.c.login.in_(people))
        conn.execute(insert(memberships).from_select(["room_id", "user_id"], new))


async def answer(browser: Browser, path: str, words: str) -> Any:
    async with browser.get(path, params={"q": words}) as answer:
        assert answer.status == 200
        return await answer.json()


async def test_every_search_for_people_folds_what_is_typed_and_what_is_there(join: Join, database: Engine) -> None:
    alice = await join("alice")
    names = {name: f"person{number}" for number, name in enumerate({name for _, name in SOUGHT})}
    add(database, {login: name for name, login in names.items()})

    for typed, name in SOUGHT:
        members = (await answer(alice.browser, "/api/rooms/1/mentionable", typed))["members"]
        assert names[name] in [person["login"] for person in members], (typed, name)
        assert names[name] in await by(alice).people(typed), (typed, name)
        async with alice.browser.get("/people", params={"q": typed}) as page:
            assert f'href="/people/{names[name]}"' in await page.text(), (typed, name)


async def test_logins_are_folded_too_and_whoever_is_in_no_room_of_ones_own_is_no_member(
    join: Join, database: Engine
) -> None:
    alice = await join("alice")
    add(database, {"ünal": "A", "o'brien": "B"})
    with database.begin() as conn:
        conn.execute(insert(users).values(login="unal", display_name="Ünal", password_hash="", skeleton=None))

    for typed, login in (("una", "ünal"), ("o’b", "o'brien")):
        members = (await answer(alice.browser, "/api/rooms/1/mentionable", typed))["members"]
        assert [person["login"] for person in members] == [login]
    assert await by(alice).people("una") == ["ünal", "unal"]


async def test_who_changes_their_name_is_found_by_the_new_one_alone(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")

    assert (await bob.browser.submit("/settings", display_name="Łukasz", hue="")).status == 303

    assert await by(alice).people("luk") == await by(alice).people("bobby") == ["bobby"]
    assert (await bob.browser.submit("/settings", display_name="Núñez", hue="")).status == 303
    assert await by(alice).people("luk") == []
    assert await by(alice).people("nun") == ["bobby"]


async def test_rooms_are_found_by_name_and_topic_as_they_are_now(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).make("Große Köche", topic="Crème brûlée")

    for words in ("grosse", "koeche", "KOCHE", "brulee", "creme gro"):
        assert await by(bob).found(words) == [("Große Köche", 1)], words
    await by(alice).change(room, topic="Øl")
    assert await by(bob).found("brulee") == []
    assert await by(bob).found("oel") == await by(bob).found("koch") == [("Große Köche", 1)]
    await by(alice).change(room, name="Łódź")
    assert await by(bob).found("lodz") == await by(bob).found("ol") == [("Łódź", 1)]
    assert await by(bob).found("koch") == []


async def test_what_is_called_so_comes_first_then_beginnings_of_words(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    for name in ("Anderes", "Wider", "Under der Der", "Derby", "Ab der Ecke", "Der"):
        await by(alice).make(name)
    add(database, {"one": "A. Sunday Under", "two": "S. u. n.", "three": "Zoe Sunday", "sun": "Zz"})

    found = [name for name, _ in await by(bob).found("der")]
    assert found == ["Der", "Ab der Ecke", "Derby", "Under der Der", "Anderes", "Wider"]
    assert await by(alice).people("sun") == ["sun", "one", "three", "two"]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "[", "(", "*", "***:", "^a", "a$", ".", "{1}", "|", "\\d", "'"])
async def test_signs_are_signs_and_no_patterns(typed: str, join: Join, database: Engine) -> None:
    alice = await join("alice")
    add(database, {"one": "Bob", "two": f"x{typed}y"})

    assert await by(alice).people(typed.replace("%", "%25")) == ["two"]
    assert (await answer(alice.browser, "/api/rooms", typed))["rooms"] == []


@pytest.mark.parametrize("name", ["\ufdfa" * 64, "Ü" * 64, "각" * 64, "🎉" * 64])
async def test_the_longest_names_can_be_kept_and_found(name: str, join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")

    assert (await bob.browser.submit("/settings", display_name=name, hue="")).status == 303
    await by(bob).make(name, topic=name[:1] * 250)

    assert await by(alice).people(name[0]) == ["bobby"]
    assert await by(alice).found(name[0]) == [(name, 1)]


async def test_the_list_of_people_is_sorted_without_accents_whatever_the_database_thinks(
    join: Join, database: Engine
) -> None:
    alice = await join("alice")
    add(database, {"three": "Öz", "one": "Éa", "two": "eb", "four": "Zoe"})

    page = (await alice.browser.ask("GET", "/people")).text

    assert re.findall(r'href="/people/(\w+)"', page)[:5] == ["alice", "one", "two", "three", "four"]
    with database.begin() as conn:
        conn.execute(insert(rooms).values(name="Ünal"))
        assert conn.scalar(select(func.max(rooms.c.search_key))) == " unal\n uenal"
