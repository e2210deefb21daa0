"""What is unread: never one's own messages, and with its mentions on every page once it is made so again."""

import uuid
from typing import Any

from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, func, insert, update

from app.chat.memberships import room_queries
from app.db.schema import memberships, messages, rooms
from tests.chat.conftest import Join, Member, member
from tests.chat.memberships.test_levels import other, same_person, set_level
from tests.chat.messages.test_changing import done
from tests.support.browsing import Open

__all__ = ["other"]


async def lobby(person: Member) -> dict[str, Any]:
    """As a new connection finds it."""
    return dict((await member(person.browser)).hello["rooms"][0])


async def in_page(person: Member, badge: str) -> str:
    """What the page has beside the first room's name, as the server writes it."""
    page = (await person.browser.ask("GET", "/")).text
    return page.split(f'<span class="rooms__{badge}"', 1)[1].split("</span>", 1)[0]


async def test_ones_own_messages_are_never_unread_however_little_was_read(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await alice.socket.posted("mine")
    assert await in_page(alice, "unread") == " hidden>0"
    assert await in_page(bob, "unread") == ">1"

    await bob.socket.posted("yours")
    await alice.socket.posted("mine again")
    await alice.socket.posted("and gone")
    await done(alice, "delete", 4)

    state = await lobby(alice)
    assert (state["read_seq"], state["own"], state["deleted"]) == (0, [1, 3], [4])
    assert await in_page(alice, "unread") == ">1"
    assert await in_page(bob, "unread") == ">2"
    assert (await lobby(bob))["own"] == [2]


async def test_what_was_read_is_in_no_list(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    for text in ("one", "@alice, two"):
        await bob.socket.posted(text)
    await alice.socket.posted("three")
    await done(bob, "delete", 1)

    await alice.socket.say(type="read", room=1, seq=3)
    await alice.socket.settle()

    state = await lobby(alice)
    assert (state["deleted"], state["mentions"]) == ([], 0)
    assert not {"own", "calls"} & {*state}


async def test_what_is_made_unread_again_is_told_with_what_does_not_count_and_what_mentions_one(
    join: Join, other: TestServer, open_browser: Open
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    elsewhere = await same_person(alice, open_browser(other))
    for text in ("one", "@alice, two", "three", "@all, four"):
        await bob.socket.posted(text)
    await alice.socket.posted("five")
    await done(bob, "delete", 3)
    await alice.socket.say(type="read", room=1, seq=5)
    await elsewhere.socket.until("read", seq=5)

    await alice.socket.say(type="unread", room=1, seq=2)

    lowered = {"type": "read", "room": 1, "seq": 1, "back": True, "deleted": [3], "own": [5], "calls": [2, 4]}
    for page in (alice, elsewhere):
        assert await page.socket.until("read", back=True) == lowered
    state = await lobby(alice)
    assert all(state[name] == lowered[name] for name in ("deleted", "own", "calls"))
    assert not [event for event in await bob.socket.so_far() if event["type"] == "read"]


async def test_marks_are_obeyed_in_their_order_in_other_processes_too(
    join: Join, other: TestServer, open_browser: Open
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    elsewhere = await same_person(alice, open_browser(other))
    for text in ("one", "two", "three"):
        await bob.socket.posted(text)

    for kind, seq in (("read", 3), ("unread", 2), ("read", 3), ("unread", 1), ("read", 2)):
        await alice.socket.say(type=kind, room=1, seq=seq)

    position, is_last = 0, False
    while not is_last:
        mark = await elsewhere.socket.until("read")
        position = mark["seq"] if "back" in mark else max(position, mark["seq"])
        is_last = "back" not in mark and mark["seq"] == 2
    assert (position, (await lobby(alice))["read_seq"]) == (2, 2)


async def test_at_only_mentions_a_mention_that_was_made_unread_shows(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await bob.socket.posted("@alice")
    await set_level(alice, "mentions")
    await alice.socket.say(type="read", room=1, seq=1)
    await alice.socket.settle()
    assert await in_page(alice, "mentions") == " hidden>@0"

    await alice.socket.say(type="unread", room=1, seq=1)
    await alice.socket.settle()

    assert await in_page(alice, "mentions") == ">@1"
    assert await in_page(alice, "unread") == " hidden>0"


async def test_of_very_many_the_first_are_told(join: Join, database: Engine) -> None:
    alice = await join("alice")
    count = room_queries.MAX_LISTED + 2
    by_alice = {"room_id": 1, "author_id": alice.author["id"], "body": "x"}
    with database.begin() as conn:
        numbers = [{"seq": n, "rev": n, "client_id": uuid.uuid4()} for n in range(1, count + 1)]
        conn.execute(insert(messages), [by_alice | each for each in numbers])
        conn.execute(update(rooms).values(last_seq=count, last_rev=count))

    state = await lobby(alice)
    assert (state["own"], state["unlisted"]) == ([*range(1, room_queries.MAX_LISTED + 1)], 2)
    assert await in_page(alice, "unread") == " hidden>0"


async def test_however_many_unread_messages_are_deleted_those_that_are_left_count(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    count = room_queries.MAX_LISTED + 300
    with database.begin() as conn:
        by_bob = {"room_id": 1, "author_id": bob.author["id"], "body": "", "deleted_at": func.now()}
        numbers = [{"seq": n, "rev": n, "client_id": uuid.uuid4()} for n in range(1, count + 1)]
        conn.execute(insert(messages).values(by_bob), numbers)
        conn.execute(update(messages).where(messages.c.seq % 400 == 0).values(deleted_at=None))  # three of them
        conn.execute(update(rooms).values(last_seq=count, last_rev=count))

    for person, left in ((alice, 3), (bob, 0)):
        state = await lobby(person)
        assert state["unlisted"] == count - 3 - room_queries.MAX_LISTED
        assert await in_page(person, "unread") == (f">{left}" if left else " hidden>0")
    alice = await member(alice.browser)
    await alice.socket.say(type="read", room=1, seq=count)
    await alice.socket.say(type="unread", room=1, seq=2)

    lowered = await alice.socket.until("read", back=True)
    assert (lowered["unlisted"], lowered["rev"]) == (state["unlisted"] - 1, count)
    assert "unlisted" not in await lobby(await join("carol"))


async def test_outsiders_are_told_nothing_of_what_is_unread(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await bob.socket.posted("@alice")
    with database.begin() as conn:
        conn.execute(memberships.delete().where(memberships.c.user_id == alice.author["id"]))

    await alice.socket.say(type="unread", room=1, seq=1)

    assert not [event for event in await alice.socket.so_far() if event["type"] == "read"]
