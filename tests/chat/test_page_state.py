"""What the page of a room gives to its scripts: the room as in hello, and no text of anybody ends the element."""

import json

import pytest

from app.chat.page_state import PageState, as_island
from app.chat.wire.events import Author, RoomState
from tests.chat.conftest import Join
from tests.rooms.conftest import by
from tests.support.browsing import state_in


@pytest.mark.parametrize(
    "text",
    ["</script><b>", "</ScRiPt >", "<!--<script>", "--> ]]>", "&lt;/script&gt;", "\\u003c\"'`"],
)
async def test_the_page_gives_the_room_as_hello_does_whatever_stands_in_it(join: Join, text: str) -> None:
    alice = await join("alice")
    room = await by(alice).make("Tea", topic=f"about {text}")
    await by(alice).change(room, name=f"Tea {text}")
    alice = await alice.reconnect()

    page = (await alice.browser.ask("GET", f"/rooms/{room}")).text
    state = state_in(page)

    hello = next(each for each in alice.hello["rooms"] if each["id"] == room)
    assert state["room"] == hello
    assert (state["room"]["name"], state["room"]["topic"]) == (f"Tea {text}", f"about {text}")
    assert (state["user"], state["epoch"], state["limits"]) == (
        *(alice.hello["user"], alice.hello["epoch"], alice.hello["limits"]),
    )
    assert page.count("<script") == 4  # none but those of the templates, and this one


async def test_the_page_says_who_is_an_admin_and_what_it_shows(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    for number in range(3):
        await alice.socket.posted(f"message {number}")

    first, second = [state_in((await who.browser.ask("GET", "/rooms/1/2")).text) for who in (alice, bob)]

    assert (first["is_admin"], second["is_admin"]) == (True, False)
    assert (second["marked"], second["has_older"], second["has_newer"]) == (2, False, False)
    assert first["csrf_token"] != second["csrf_token"]


def test_line_separators_and_ends_of_elements_come_back_as_they_were() -> None:
    text = "a\u2028b\u2029c</script><!--\x7f&amp;"
    room = RoomState(1, "open", text, text, 0, 0, 0)
    state = PageState("epoch", Author(1, "alice", text), False, room, False, False, 0, {}, "token")

    island = as_island(state)

    assert "<" not in island
    assert json.loads(island)["room"] == json.loads(island)["room"] | {"name": text, "topic": text}
    assert json.loads(island)["user"]["name"] == text
