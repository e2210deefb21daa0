"""How much of a room counts as unread for somebody: set on one page, sent to all of their own, and to nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, select

from app.chat.keys import FOLLOWING
from app.chat.memberships import following
from app.db.schema import memberships
from app.limits import limits
from tests.chat.conftest import Join, Member, member
from tests.conftest import Serve
from tests.rooms.conftest import by
from tests.support.browsing import Browser, Open, state_in
from tests.support.sockets import until


@pytest.fixture
async def other(serve: Serve) -> TestServer:
    return await serve(post_rate=1_000_000, post_burst=1_000_000)


async def set_level(person: Member, level: object, room: int = 1) -> None:
    await person.socket.say(type="level", room=room, level=level)


async def same_person(person: Member, browser: Browser) -> Member:
    """The same login in another browser."""
    browser.steal(person.browser.cookie())
    return await member(browser)


async def levels_heard(person: Member) -> list[dict[str, Any]]:
    return [event for event in await person.socket.so_far() if event["type"] == "level"]


def levels(person: Member) -> dict[int, str | None]:
    """By room, as hello has them."""
    return {room["id"]: room.get("level") for room in person.hello["rooms"]}


@asynccontextmanager
async def seen_at_once(person: Member) -> AsyncIterator[None]:
    """What is committed in the block is seen by one comparison, after it."""
    compares, go_on = person.app[FOLLOWING], asyncio.Event()
    compare = compares.compare

    async def compare_later() -> None:
        await go_on.wait()
        await compare()

    compares.compare = compare_later  # type: ignore[method-assign]
    await compare()  # and with it, what was under way
    yield
    compares.compare = compare  # type: ignore[method-assign]
    go_on.set()


async def committed(database: Engine, level: str, room: int) -> None:
    """Wait until the one member of a room has set this level."""

    def levels_set() -> list[str]:
        with database.connect() as conn:
            return [*conn.execute(select(memberships.c.level).where(memberships.c.room_id == room)).scalars()]

    await until(lambda: levels_set() == [level])


async def test_a_level_is_heard_on_all_of_ones_own_pages_and_by_nobody_else(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    tab = await member(alice.browser)

    await set_level(alice, "muted")

    for page in (alice, tab):
        assert await page.socket.until("level") == {"type": "level", "room": 1, "level": "muted"}
    assert await levels_heard(bob) == []
    assert levels(await bob.reconnect()) == {1: None}


async def test_a_level_lasts_and_comes_with_every_hello_until_it_is_set_anew(join: Join) -> None:
    alice = await join("alice")
    assert levels(alice) == {1: None}

    for level, in_hello in (("muted", "muted"), ("mentions", "mentions"), ("all", None)):
        await set_level(alice, level)
        await alice.socket.until("level", level=level)
        alice = await alice.reconnect()
        assert levels(alice) == {1: in_hello}


async def test_setting_the_same_level_again_is_harmless_and_says_nothing(join: Join) -> None:
    alice = await join("alice")
    await set_level(alice, "mentions")

    await set_level(alice, "mentions")

    assert [event["level"] for event in await levels_heard(alice)] == ["mentions"]


async def test_a_level_is_set_before_what_is_said_next_is_obeyed(join: Join) -> None:
    alice = await join("alice")
    for level in ("muted", "all", "mentions"):
        await set_level(alice, level)

    assert [event["level"] for event in await levels_heard(alice)] == ["muted", "all", "mentions"]


async def test_who_is_not_a_member_sets_nothing_and_who_is_removed_begins_anew(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).make("Plans")

    for place in (room, 99):
        await set_level(bob, "muted", place)
        assert (await bob.socket.until("error"))["code"] == "not_a_member"
    assert levels(await bob.reconnect()) == {1: None}

    joined = await by(alice).join(room)
    assert "level" not in joined
    await set_level(alice, "muted", room)
    await alice.socket.until("level", room=room)
    assert (await by(alice).join(room))["level"] == "muted", "nothing changes for a member"
    await by(alice).leave(room)
    await alice.socket.until("left", room=room)
    await by(alice).join(room)
    assert "level" not in await alice.socket.until("room", id=room)


@pytest.mark.parametrize("level", ["loud", "", None, 1, ["all"], "ALL"])
async def test_a_level_that_there_is_not_is_refused_and_the_socket_lives(join: Join, level: object) -> None:
    alice = await join("alice")

    await set_level(alice, level)

    refusal = await alice.socket.until("error")
    assert refusal["code"] == "bad_command"
    assert "makes no sense" in refusal["message"]
    await set_level(alice, "muted")
    await alice.socket.until("level")


async def test_a_level_of_a_room_that_is_seen_already_is_answered(join: Join) -> None:
    alice = await join("alice")
    tab = await member(alice.browser)
    room = await by(alice).make("Plans")
    await alice.socket.until("room", id=room)

    await set_level(alice, "muted", room)

    for page in (alice, tab):
        assert await page.socket.until("level") == {"type": "level", "room": room, "level": "muted"}


async def test_a_level_of_a_room_that_is_seen_together_with_it_is_answered(join: Join, database: Engine) -> None:
    alice = await join("alice")
    tab = await member(alice.browser)

    async with seen_at_once(alice):
        room = await by(alice).make("Plans")
        await set_level(alice, "muted", room)
        await committed(database, "muted", room)

    for page in (alice, tab):
        assert await page.socket.until("room", id=room)
        assert await page.socket.until("level") == {"type": "level", "room": room, "level": "muted"}
        assert await levels_heard(page) == []


async def test_a_level_that_another_page_took_back_at_once_is_answered_with_what_holds(
    join: Join, database: Engine
) -> None:
    alice = await join("alice")
    tab = await member(alice.browser)

    async with seen_at_once(alice):
        await set_level(alice, "muted")
        await committed(database, "muted", 1)
        await set_level(tab, "all")
        await committed(database, "all", 1)

    assert await alice.socket.until("level") == {"type": "level", "room": 1, "level": "all"}
    assert await levels_heard(alice) == []
    assert await levels_heard(tab) == [], "it was so already"


async def test_a_change_of_the_room_tells_its_members_nothing_of_anybodys_level(join: Join) -> None:
    alice = await join("alice")
    room = await by(alice).make("Plans")
    await set_level(alice, "muted", room)
    await alice.socket.until("level")

    await by(alice).change(room, name="Dreams")

    assert "level" not in await alice.socket.until("room", name="Dreams")
    assert await levels_heard(alice) == []
    assert levels(await alice.reconnect())[room] == "muted"


async def test_a_level_is_heard_in_other_processes_at_once(
    join: Join, other: TestServer, open_browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "COMPARE_S", 60)
    alice, bob = await join("alice"), await join("bobby", at=other)
    tab = await same_person(alice, open_browser(other))

    await set_level(alice, "muted")

    assert await tab.socket.until("level") == {"type": "level", "room": 1, "level": "muted"}
    assert await levels_heard(bob) == []


async def test_a_level_is_heard_in_other_processes_with_the_note_lost_too(
    join: Join, other: TestServer, open_browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(other.app[FOLLOWING], "on_ring", lambda: None)
    alice = await join("alice")
    tab = await same_person(alice, open_browser(other))

    await set_level(alice, "mentions")

    assert (await tab.socket.until("level"))["level"] == "mentions"


async def test_the_page_is_written_with_the_levels_that_scripts_would_show(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await set_level(bob, "muted")
    await bob.socket.until("level")
    await alice.socket.posted("unread")
    await alice.socket.posted("@bobby, too")

    page = (await bob.browser.ask("GET", "/")).text

    assert '<li class="rooms__item" data-room-id="1" data-kind="open" data-level="muted">' in page
    assert state_in(page)["room"]["level"] == "muted"
    assert '<span class="rooms__unread" hidden>0</span>' in page
    assert '<span class="rooms__mentions">@1</span>' in page
    assert '<input type="radio" name="level" value="muted" checked>' in page


async def test_levels_are_set_no_faster_than_other_commands(
    serve: Serve, join: Join, clock: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "OTHERS_BURST", 2)
    alice = await join("alice", at=await serve())

    for number in range(3):
        await set_level(alice, ("all", "muted")[number % 2])

    assert (await alice.socket.until("error"))["code"] == "rate_limited"
