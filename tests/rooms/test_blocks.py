"""Who is blocked begins no conversation with who blocked them, and what they say in rooms is folded."""

import pytest

from tests.chat.conftest import Join, Member
from tests.rooms.conftest import Denied, by, conversation
from tests.support.browsing import Answer


async def press(person: Member, login: str, what: str) -> Answer:
    return await person.browser.submit(f"/people/{login}", to=f"/people/{login}/{what}")


async def reason(attempt: object) -> str:
    with pytest.raises(Denied) as denied:
        await attempt  # type: ignore[misc]
    return denied.value.message


async def test_nobody_begins_a_conversation_over_a_block_and_everybody_after_it(join: Join) -> None:
    alice, mallory, carol = await join("alice"), await join("mallory"), await join("carol")

    assert (await press(alice, "mallory", "block")).location == "/people/mallory"

    assert await reason(by(mallory).direct("alice")) == "“alice” takes no messages from you."
    assert await reason(by(mallory).direct("carol", "alice")) == "“alice” takes no messages from you."
    assert await reason(by(alice).direct("mallory")) == "You have blocked “mallory”."
    assert await by(carol).direct("mallory")
    await press(alice, "mallory", "unblock")
    assert await by(mallory).direct("alice")


async def test_the_conversation_of_the_two_is_closed_and_hidden_and_opens_again(join: Join) -> None:
    alice, mallory = await join("alice"), await join("mallory")
    room = await conversation(mallory, alice)

    await press(alice, "mallory", "block")

    await alice.socket.until("left", room=room)
    await mallory.socket.until("room", id=room, archived=True)
    id = await mallory.socket.post("buy!", room=room)
    assert (await mallory.socket.until("error", id=id))["code"] == "archived"
    assert "one of you has blocked the other" in (await mallory.browser.ask("GET", f"/rooms/{room}")).text

    await press(alice, "mallory", "unblock")
    await mallory.socket.posted("sorry", room=room)
    await alice.socket.until("room", id=room)


async def test_a_conversation_stays_closed_while_the_other_still_blocks(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).direct("bobby")
    await alice.socket.until("live", room=room)
    await press(alice, "bobby", "block")
    await press(bob, "alice", "block")

    await press(alice, "bobby", "unblock")

    id = await alice.socket.post("hello?", room=room)
    assert (await alice.socket.until("error", id=id))["code"] == "archived"


async def test_who_is_blocked_adds_nobody_who_blocked_them(join: Join) -> None:
    alice, mallory, _ = await join("alice"), await join("mallory"), await join("carol")
    room = await by(mallory).make("Coins")
    await press(alice, "mallory", "block")

    assert await reason(by(mallory).add(room, "alice", "carol")) == "“alice” takes no messages from you."
    assert await by(mallory).members(room) == ["mallory"]


async def test_the_page_of_who_blocks_folds_what_they_say_and_no_other_page_does(join: Join) -> None:
    alice, mallory = await join("alice"), await join("mallory")
    await press(alice, "mallory", "block")

    sheet = await alice.browser.ask("GET", "/blocked.css")

    assert '<link rel="stylesheet" href="/blocked.css">' in (await alice.browser.ask("GET", "/")).text
    assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
    assert 'a[href^="/people/mallory?"]' in sheet.text
    assert "/blocked.css" not in (await mallory.browser.ask("GET", "/")).text
    assert (await mallory.browser.ask("GET", "/blocked.css")).text == ""


async def test_nobody_blocks_themselves_or_nobody(join: Join) -> None:
    alice, _ = await join("alice"), await join("mallory")

    for login in ("alice", "nobody"):
        answer = await alice.browser.submit("/people/mallory", to=f"/people/{login}/block")
        assert answer.status == 422
