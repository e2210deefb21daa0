"""Names stand in lists as people sort them, and as the page sorts them (tests/js/lib/sorting.test.js)."""

import json
import random
import re

import pytest
from sqlalchemy import Engine, insert

from app.db.schema import memberships, rooms, users
from app.db.tables.sorting import SORT_KEY_CHARS, sort_key
from tests.rooms.conftest import Requests
from tests.support.browsing import Browser
from tests.support.processes import ROOT

LISTS: list[list[str]] = json.loads((ROOT / "tests/people/sorting.json").read_text("utf-8"))
NAMES = LISTS[0]


@pytest.mark.parametrize("names", LISTS)
def test_names_are_in_order(names: list[str]) -> None:
    assert sorted(random.Random(1).sample(names, len(names)), key=sort_key) == names


def test_a_key_is_short_and_fit_for_the_database() -> None:
    for name in (*NAMES, "\u0ffa" * 64, "İ" * 64, "9" * 64, "ﷺ" * 64):
        assert len(sort_key(name)) <= SORT_KEY_CHARS
        assert "\0" not in sort_key(name)


async def test_lists_of_people_are_in_order(alice: Browser, database: Engine) -> None:
    with database.begin() as conn:
        for number, name in enumerate(random.Random(1).sample(NAMES, len(NAMES))):
            person = {"login": f"person{number}", "display_name": name, "password_hash": ""}
            made = conn.execute(insert(users).values(person).returning(users.c.id)).scalar_one()
            conn.execute(insert(memberships).values(room_id=1, user_id=made))

    page = (await alice.ask("GET", "/people")).text
    members = (await Requests(alice).ask("GET", "/api/rooms/1/members"))["people"]

    assert [each["name"] for each in members if each["name"] in NAMES] == NAMES
    found = re.findall("|".join(rf"(?<=>){re.escape(name)}(?=<)" for name in NAMES), page)
    assert [*dict.fromkeys(found)] == NAMES


async def test_lists_of_rooms_are_in_order(alice: Browser, database: Engine) -> None:
    with database.begin() as conn:
        for name in random.Random(1).sample(NAMES, len(NAMES)):
            made = conn.execute(insert(rooms).values(name=name).returning(rooms.c.id)).scalar_one()
            if made % 2:
                conn.execute(insert(memberships).values(room_id=made, user_id=1))

    joinable = [name for name, _ in await Requests(alice).found()]
    page = (await alice.ask("GET", "/")).text

    listed = [name for name in NAMES if name not in joinable]
    assert joinable == [name for name in NAMES if name in joinable]
    assert len(joinable) > 5 < len(listed)
    found = re.findall("|".join(rf"(?<=>){re.escape(name)}(?=<)" for name in listed), page)
    assert [*dict.fromkeys(found)] == listed
