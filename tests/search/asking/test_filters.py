"""Filters of a question: who, where, when and what; and what of them cannot be meant."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from tests.chat.conftest import Join, Member
from tests.rooms.conftest import Denied, by
from tests.search.asking.conftest import found, indexed, say, search
from tests.search.conftest import is_level

# The newest first; by whom, where and to whom the test says.
SAID = [
    "hello back",
    "hello only you",
    "hello team `x = 1`",
    "hello @alice see https://example.org",
    "hello all",
]
# Each question with the places, in that list, of what it finds.
FOUND_BY_ALICE = {
    "from:alice": [0, 2, 4],
    "from:@Alice hello": [0, 2, 4],
    "from:me": [0, 2, 4],
    "from:alice, hello": [0, 2, 4],
    "from:bobby": [1, 3],
    'from:"bob smith"': [1, 3],
    "from:smith": [1, 3],
    "from:alice from:bobby": [0, 1, 2, 3, 4],
    "-from:alice": [1, 3],
    "-from:me hello": [1, 3],
    'in:"design team"': [2],
    "in:#design": [2],
    "in:design-team": [2],
    "in:design in:lobby": [2, 3, 4],
    "-in:lobby": [0, 1, 2],
    "in:@bobby": [0, 1],
    "in:@bobby from:bobby": [1],
    'in:@"Bob Smith"': [0, 1],
    'from:@"Bob Smith" in:#“Design team”': [],
    "to:me": [1],
    "to:@me": [1],
    "-to:me": [0, 2, 3, 4],
    "-to:me in:@bobby": [0],
    "mentions:me": [3],
    "mentions:alice": [3],
    "mentions:bobby": [],
    "-mentions:me": [0, 1, 2, 4],
    "has:link": [3],
    "has:links": [3],
    "has:code": [2],
    "has:reaction": [3],
    "has:link has:code": [],
    "-has:link -has:code": [0, 1, 4],
    "-has:reaction from:bobby": [1],
    "hello -team -only": [0, 3, 4],
    "-hello": [],
    "-nothing": [0, 1, 2, 3, 4],
}


@pytest.mark.usefixtures("tireless")
async def test_filters_of_people_rooms_mentions_and_kinds(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await bob.browser.submit("/settings", display_name="Bob Smith", hue="")
    team = await by(alice).make("Design team")
    await by(bob).join(team)
    direct = await by(alice).direct("bobby")
    await alice.socket.posted("hello all", room=1)
    await bob.socket.posted("hello @alice see https://example.org", room=1)
    await alice.socket.posted("hello team `x = 1`", room=team)
    await bob.socket.posted("hello only you", room=direct)
    await alice.socket.posted("hello back", room=direct)
    id = "0b0f6a52-7f3c-4c1e-9d0a-6a1d7c1f2e11"
    await alice.socket.say(type="react", id=id, room=1, seq=2, emoji="👍", on=True)
    await alice.socket.until("ack", id=id)
    await is_level(database)

    for q, places in FOUND_BY_ALICE.items():
        assert await found(alice, q) == [SAID[place] for place in places], q
    assert await found(bob, "to:me") == ["hello back"]
    assert await found(bob, "mentions:me") == []
    assert await found(alice, "hello", room=team) == ["hello team `x = 1`"]


async def test_what_calls_everybody_is_found(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    for text in ("hello @all", "hello all", "hello @bobby"):
        await alice.socket.posted(text)
    await is_level(database)

    for q in ("mentions:all", "mentions:@All"):
        assert await found(bob, q) == ["hello @all"], q


async def test_a_reaction_that_is_taken_back_counts_no_more_at_once(join: Join, database: Engine) -> None:
    alice = await join("alice")
    await alice.socket.posted("look")
    for n, on in enumerate((True, False)):
        id = f"0b0f6a52-7f3c-4c1e-9d0a-6a1d7c1f2e1{n}"
        await alice.socket.say(type="react", id=id, room=1, seq=1, emoji="👍", on=on)
        await alice.socket.until("ack", id=id)
        if on:
            await is_level(database)
            assert await found(alice, "has:reaction") == ["look"]
    assert await found(alice, "has:reaction") == []


@pytest.fixture
async def year(join: Join, database: Engine) -> Member:
    """Alice, who has said something at noon on each of five days; the last is today."""
    alice = await join("alice")
    today = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    days = [datetime(2024, 12, 31, 23, 30, tzinfo=UTC), datetime(2025, 1, 31, 12, tzinfo=UTC)]
    days += [datetime(2025, 2, 1, 12, tzinfo=UTC), today - timedelta(days=1), today]
    say(database, [(1, alice.author["id"], day, f"day {number}") for number, day in enumerate(days)])
    await indexed(alice, database)
    return alice


async def test_dates_bound_what_is_found(year: Member) -> None:
    for q, days in (
        ("on:2025-01-31", [1]),
        ("on:2025-02", [2]),
        ("on:2025", [2, 1]),
        ("on:31.1.2025", [1]),
        ("before:2025-01-31", [0]),
        ("before:2025-02 day", [1, 0]),
        ("after:2025-01-31", [4, 3, 2]),
        ("after:2025-01", [4, 3, 2]),
        ("after:2024 before:2025-02-01", [1]),
        ("after:2025 before:2025", []),
        ("on:today", [4]),
        ("on:yesterday", [3]),
        ("before:tomorrow", [4, 3, 2, 1, 0]),
        ("before:today", [3, 2, 1, 0]),
        ("after:yesterday from:alice", [4]),
        ("on:2020", []),
        ("after:today", []),
        ("before:1990", []),
    ):
        assert await found(year, q) == [f"day {day}" for day in days], q


async def test_a_day_begins_in_the_zone_of_the_page(year: Member) -> None:
    assert await found(year, "on:2025-01-01") == []
    assert await found(year, "on:2025-01-01", zone="Europe/Kyiv") == ["day 0"]
    assert await found(year, "on:2024-12-31", zone="Europe/Kyiv") == []
    assert await found(year, "on:2024-12-31", zone="Europe/Atlantis") == ["day 0"]


async def test_what_cannot_be_meant_is_refused_with_a_sentence(join: Join) -> None:
    alice = await join("alice")

    for q, words in (
        ("before:yesterdayish", "“yesterdayish” is no date"),
        ("on:2026-02-30", "“2026-02-30” is no date"),
        ("-on:2026", "cannot stand before a date"),
        ("from:nobody", "Nobody here is called “nobody”"),
        ("from:@", "Nobody here is called “@”"),
        ("mentions:nobody", "Nobody here"),
        ("in:Nowhere", "You are in no room called “Nowhere”"),
        ("in:@nobody", "no room called “@nobody”"),
        ("in:#", "You are in no room called “#”"),
        ("to:bobby", "“to:” goes with “me”"),
        ("has:nothing", "“has:” goes with file, picture, link, code or reaction"),
        (f"in:{'x' * 300}", f"called “{'x' * 64}…”"),
    ):
        with pytest.raises(Denied) as denied:
            await search(alice, q)
        assert denied.value == (422, "bad_question"), q
        assert words in denied.value.message
        assert "put them in quotation marks" in denied.value.message
        assert await found(alice, f'"{q}"') == []


async def test_a_refusal_does_not_show_whether_a_room_exists(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    closed = await by(alice).make("Secret plans", kind="closed")
    await alice.socket.posted("word", room=closed)
    await is_level(database)

    refusals = []
    for q in ('in:"Secret plans" word', 'in:"Another plan" word'):
        with pytest.raises(Denied) as denied:
            await search(bob, q)
        refusals.append(denied.value.message.replace("Secret plans", "X").replace("Another plan", "X"))
    assert refusals[0] == refusals[1]
    for room in (closed, 10**15):
        with pytest.raises(Denied) as denied:
            await search(bob, "word", room=room)
        assert denied.value == (403, "not_a_member")


async def test_a_filter_that_is_still_being_typed_is_left_out(join: Join, database: Engine) -> None:
    alice = await join("alice")
    await alice.socket.posted("hello")
    await is_level(database)

    for q in ("hello from:nobo", "hello in:Nowh", "hello before:20", "hello has:", 'hello in:"Nowhere at'):
        assert await found(alice, q, typing=1) == ["hello"], q
    with pytest.raises(Denied):
        await search(alice, "from:nobo hello", typing=1)
