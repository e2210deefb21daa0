"""Rooms are made, found, joined, changed, left and archived; who may, and who is sent it."""

import asyncio

import pytest
from sqlalchemy import Engine

from app.limits import limits
from tests.chat.conftest import Join
from tests.moderation.test_log import recorded
from tests.rooms.conftest import Denied, by
from tests.support.browsing import Browsers


async def test_who_makes_a_room_is_in_it_at_once_on_every_page_of_theirs(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")

    room = await by(alice).make("  Plans \n and  dreams ", topic="What comes next")

    shown = await alice.socket.until("room")
    assert (shown["id"], shown["kind"], shown["name"]) == (room, "open", "Plans and dreams")
    assert shown["creator"] == alice.author["id"]
    assert (await alice.socket.until("live", room=room))["rev"] == 0
    assert (await alice.socket.until("presence", room=room))["people"] == [alice.author]
    assert (await alice.socket.posted("first", room=room))["seq"] == 1
    assert (await alice.socket.until("message", room=room))["text"] == "first"
    assert not [event for event in await bob.socket.so_far() if event["type"] in ("room", "message")]


async def test_an_open_room_is_found_and_joined_with_all_that_was_said_counted_as_read(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).make("Plans", topic="Dreams and worries")
    await alice.socket.posted("before", room=room)
    assert await by(bob).found() == [("Plans", 1)]
    assert await by(bob).found("PLA") == await by(bob).found("worries") == [("Plans", 1)]
    assert await by(bob).found("%") == await by(alice).found() == []

    state = await by(bob).join(room)

    assert (state["last_seq"], state["read_seq"]) == (1, 1)
    await bob.socket.until("live", room=room)
    assert (await alice.socket.until("presence", room=room, people=[bob.author]))["here"]
    await alice.socket.posted("welcome", room=room)
    assert (await bob.socket.until("message", room=room))["text"] == "welcome"
    await bob.socket.posted("thanks", room=room)
    assert (await alice.socket.until("message", text="thanks"))["seq"] == 3
    assert await by(bob).found() == []
    assert (await by(bob).join(room))["last_seq"] == 3, "joining again is harmless"


async def test_a_closed_room_is_neither_found_nor_joined_and_its_members_add_people(join: Join) -> None:
    alice, bob, carol = await join("alice"), await join("bobby"), await join("carol")
    room = await by(alice).make("Secrets", kind="closed")
    assert await by(bob).found() == []
    with pytest.raises(Denied) as denied:
        await by(bob).join(room)
    assert denied.value == (404, "not_found")
    with pytest.raises(Denied) as denied:
        await by(bob).add(room, "bobby")
    assert denied.value == (403, "not_a_member")

    await by(alice).add(room, " @Bobby ")
    await bob.socket.until("live", room=room)
    await by(bob).add(room, "carol")

    await carol.socket.until("live", room=room)
    await carol.socket.posted("hush", room=room)
    assert (await bob.socket.until("message", room=room))["text"] == "hush"
    assert await by(alice).members(room) == ["alice", "bobby", "carol"]


async def test_who_is_added_for_a_message_finds_it_unread_and_nothing_before_it(join: Join) -> None:
    alice, bob, carol = await join("alice"), await join("bobby"), await join("carol")
    room = await by(alice).make("Plans")
    await alice.socket.until("live", room=room)
    for text in ("one", "lunch, @bobby?", "three"):
        await alice.socket.posted(text, room=room)

    await by(alice).ask("POST", f"/api/rooms/{room}/members", {"logins": ["bobby"], "since": 2})
    await by(alice).ask("POST", f"/api/rooms/{room}/members", {"logins": ["bobby", "carol"], "since": 99})

    assert (await bob.socket.until("room", id=room))["read_seq"] == 1
    assert (await carol.socket.until("room", id=room))["read_seq"] == 3  # as is without it
    for bad in (0, -1, 2**63, "2", 1.5):
        with pytest.raises(Denied) as denied:
            await by(alice).ask("POST", f"/api/rooms/{room}/members", {"logins": ["carol"], "since": bad})
        assert denied.value.status == 400


async def test_adding_people_of_whom_one_is_unknown_adds_nobody_and_names_them(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).make("Plans")

    with pytest.raises(Denied, match="nobody with the login “nobody”") as denied:
        await by(alice).add(room, "bobby", "nobody")

    assert denied.value == (422, "bad_people")
    assert await by(alice).members(room) == ["alice"]
    assert not [event for event in await bob.socket.so_far() if event["type"] == "room"]


async def test_its_creator_and_admins_change_a_room_and_all_members_hear(join: Join) -> None:
    admin, alice, bob, carol = [await join(login) for login in ("adele", "alice", "bobby", "carol")]
    room = await by(alice).make("Plans")
    await by(bob).join(room)
    await bob.socket.until("live", room=room)
    with pytest.raises(Denied) as denied:
        await by(bob).change(room, name="Mine")
    assert denied.value == (403, "forbidden")
    with pytest.raises(Denied) as denied:
        await by(carol).change(room, name="Mine")
    assert denied.value == (403, "not_a_member")

    await by(alice).change(room, name="New plans")
    assert (await bob.socket.until("room", id=room))["name"] == "New plans"
    await by(admin).change(room, topic="Set from outside")
    assert (await bob.socket.until("room", id=room, name="New plans"))["topic"] == "Set from outside"
    assert (await alice.socket.until("room", topic="Set from outside"))["id"] == room

    for outsider in (admin, carol):
        assert not [event for event in await outsider.socket.so_far() if event["type"] == "room"]


@pytest.mark.parametrize(("name", "code"), [(" ", "bad_name"), ("x" * 65, "bad_name"), ("lOBBY", "name_taken")])
async def test_a_name_must_be_readable_and_no_other_room_s(join: Join, name: str, code: str) -> None:
    alice = await join("alice")
    room = await by(alice).make("Plans")

    with pytest.raises(Denied) as made:
        await by(alice).make(name)
    with pytest.raises(Denied) as renamed:
        await by(alice).change(room, name=name)

    assert made.value.code == renamed.value.code == code


async def test_one_of_two_who_make_the_same_name_at_once_is_refused(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")

    made = await asyncio.gather(by(alice).make("Plans"), by(bob).make("plans"), return_exceptions=True)

    assert [result for result in made if isinstance(result, Denied)] == [(409, "name_taken")]
    assert len([result for result in made if isinstance(result, int)]) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "bad_command"),
        ({"name": "Plans", "kind": "direct"}, "bad_command"),
        ({"name": "Plans", "owner": 1}, "bad_command"),
        ({"name": 5}, "bad_command"),
        ({"name": "Plans", "topic": "x" * 251}, "bad_topic"),
        ({"name": "a\0b"}, "bad_name"),
    ],
)
async def test_what_makes_no_sense_is_refused(join: Join, body: object, code: str) -> None:
    alice = await join("alice")

    with pytest.raises(Denied) as denied:
        await by(alice).ask("POST", "/api/rooms", body)

    assert denied.value.code == code


async def test_nothing_changes_without_the_token_of_the_page(join: Join) -> None:
    alice = await join("alice")

    answer = await alice.browser.ask("POST", "/api/rooms", json={"name": "Plans"}, headers={"X-CSRF-Token": "x"})

    assert answer.status == 403
    assert await by(alice).found() == []


async def test_who_leaves_hears_no_more_and_may_not_post(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).make("Plans")
    await by(bob).join(room)
    await bob.socket.until("live", room=room)
    await alice.socket.until("presence", room=room, people=[bob.author])

    await by(bob).leave(room)

    assert (await bob.socket.until("left"))["room"] == room
    assert not (await alice.socket.until("presence", room=room, people=[bob.author]))["here"]
    await alice.socket.posted("he is gone", room=room)
    await bob.socket.say(type="resume", epoch=bob.hello["epoch"], rooms={room: 0})
    assert (await bob.socket.until("error"))["code"] == "not_a_member"
    id = await bob.socket.post("I am not", room=room)
    assert (await bob.socket.until("error", id=id))["code"] == "not_a_member"
    assert not [event for event in await bob.socket.so_far() if event["type"] == "message"]


async def test_everybody_keeps_one_room(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).make("Plans")
    await by(alice).leave(1)

    with pytest.raises(Denied) as denied:
        await by(alice).leave(room)
    assert denied.value == (409, "last_room")
    with pytest.raises(Denied) as denied:
        await by(bob).leave(1)
    assert denied.value == (409, "last_room")

    assert f'data-room-id="{room}"' in (await alice.browser.ask("GET", "/")).text


async def test_who_is_removed_is_cut_off_and_only_managers_remove(join: Join) -> None:
    admin, alice, bob = await join("adele"), await join("alice"), await join("bobby")
    room = await by(alice).make("Secrets", kind="closed")
    await by(alice).add(room, "bobby")
    await bob.socket.until("live", room=room)
    with pytest.raises(Denied) as denied:
        await by(bob).remove(room, alice)
    assert denied.value == (403, "forbidden")

    await by(alice).remove(room, bob)
    await bob.socket.until("left", room=room)
    await alice.socket.posted("without him", room=room)

    assert not [event for event in await bob.socket.so_far() if event["type"] == "message"]
    async with bob.browser.get(f"/api/rooms/{room}/messages") as answer:
        assert answer.status == 403
    await by(admin).remove(room, alice)
    await alice.socket.until("left", room=room)


async def test_in_an_archived_room_nobody_posts_and_its_members_can_still_read(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).make("Plans")
    await by(bob).join(room)
    await bob.socket.until("live", room=room)
    id = await alice.socket.post("the last word", room=room)
    ack = await alice.socket.until("ack", id=id)

    await by(alice).change(room, archived=True)

    assert (await bob.socket.until("room", id=room, archived=True))["name"] == "Plans"
    late = await bob.socket.post("too late", room=room)
    refusal = await bob.socket.until("error", id=late)
    assert (refusal["code"], refusal["message"]) == ("archived", "This room is archived: nobody posts here any more.")
    await alice.socket.post("the last word", room=room, id=id)
    assert await alice.socket.until("ack", id=id) == ack, "a repetition is still acknowledged"
    assert [message["text"] for message in (await bob.history(room))["messages"]] == ["the last word"]
    page = (await bob.browser.ask("GET", f"/rooms/{room}")).text
    assert "the last word" in page
    for attempt in (by(alice).change(room, name="Again"), by(alice).add(room, "bobby"), by(alice).change(room)):
        with pytest.raises(Denied) as denied:
            await attempt
        assert denied.value == (403, "archived")
    await by(bob).make("Plans")  # the name is free


async def test_an_archived_room_comes_back_under_its_name_or_another(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).make("Plans")
    await by(bob).join(room)
    await by(alice).change(room, archived=True)
    await bob.socket.until("room", id=room, archived=True)
    with pytest.raises(Denied) as denied:
        await by(bob).change(room, archived=False)
    assert denied.value == (403, "forbidden")
    other = await by(bob).make("Plans")
    with pytest.raises(Denied) as denied:
        await by(alice).change(room, archived=False)
    assert denied.value == (409, "name_taken")

    await by(alice).change(room, archived=False, name="Old plans")

    shown = await bob.socket.until("room", id=room, name="Old plans")
    assert "archived" not in shown
    assert (await bob.socket.posted("here again", room=room))["seq"] == 1
    assert (await by(alice).change(room, archived=False))["room"]["name"] == "Old plans", "harmless once more"
    await by(bob).change(other, archived=True)
    await by(alice).change(room, archived=True)
    await by(alice).change(room, archived=False, name="plans")


@pytest.mark.parametrize("message", ["", "/1"])
async def test_who_follows_a_link_to_an_open_room_is_asked_to_join_and_sees_it_then(join: Join, message: str) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).make("Plans & <dreams>", topic="What comes next")
    await alice.socket.posted("the first word", room=room)
    path = f"/rooms/{room}{message}"

    offered = await bob.browser.ask("GET", path)

    assert offered.status == 403
    assert "Join <bdi>Plans &amp; &lt;dreams&gt;</bdi>?" in offered.text
    assert "What comes next" in offered.text
    assert "1 member," in offered.text
    assert "the first word" not in offered.text
    assert await by(bob).ask("GET", f"/api/rooms/{room}") == {
        "room": {"id": room, "name": "Plans & <dreams>", "topic": "What comes next", "members": 1}
    }
    joined = await bob.browser.submit(path, {})
    assert (joined.status, joined.headers["Location"]) == (303, path)
    await bob.socket.until("live", room=room)
    assert "the first word" in (await bob.browser.ask("GET", path)).text


async def test_a_link_to_a_room_that_one_cannot_join_tells_nothing_of_it(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    closed = await by(alice).make("Secrets", kind="closed")
    archived = await by(alice).make("Old plans")
    await by(alice).change(archived, archived=True)

    for room in (closed, archived, 9_999):
        for page in (await bob.browser.ask("GET", f"/rooms/{room}"), await bob.browser.ask("GET", f"/rooms/{room}/1")):
            assert page.status == 403
            assert "You are not a member of this room." in page.text
            assert "Secrets" not in page.text
            assert "Old plans" not in page.text
        with pytest.raises(Denied) as denied:
            await by(bob).ask("GET", f"/api/rooms/{room}")
        assert denied.value == (403, "not_a_member")
    assert await by(bob).found() == []


async def test_who_is_removed_and_was_not_there_is_written_down_nowhere(join: Join, database: Engine) -> None:
    admin, alice, bob = await join("adele"), await join("alice"), await join("bobby")
    room = await by(alice).make("Plans")

    await by(admin).ask("DELETE", f"/api/rooms/{room}/members/{bob.author['id']}")
    await by(admin).ask("DELETE", f"/api/rooms/{room}/members/999999999999999999")

    assert recorded(database) == []


async def test_the_room_for_everyone_cannot_be_archived(join: Join) -> None:
    admin = await join("adele")

    with pytest.raises(Denied, match="New people land in this room"):
        await by(admin).change(1, archived=True)

    assert (await admin.socket.posted("still here"))["seq"] == 1


async def test_admins_decide_which_rooms_new_people_join(join: Join) -> None:
    admin, alice = await join("adele"), await join("alice")
    news, closed = await by(alice).make("News"), await by(alice).make("Secrets", kind="closed")
    with pytest.raises(Denied) as denied:
        await by(alice).change(news, for_everyone=True)
    assert denied.value == (403, "not_admin")
    with pytest.raises(Denied, match="Only an open room"):
        await by(admin).change(closed, for_everyone=True)
    with pytest.raises(Denied, match="New people must land somewhere"):
        await by(admin).change(1, for_everyone=False)

    await by(admin).change(news, for_everyone=True)

    assert (await alice.socket.until("room", id=news, for_everyone=True))["name"] == "News"
    assert not [event for event in await admin.socket.so_far() if event["type"] == "room"]
    newcomer = await join("carol")
    assert {room["name"] for room in newcomer.hello["rooms"]} == {"Lobby", "News"}
    with pytest.raises(Denied, match="New people land in this room"):
        await by(alice).change(news, archived=True)
    await by(admin).change(1, for_everyone=False)
    assert [room["name"] for room in (await join("david")).hello["rooms"]] == ["News"]
    with pytest.raises(Denied, match="New people must land somewhere"):
        await by(admin).change(news, for_everyone=False)


async def test_people_are_found_by_letters_of_login_or_name_and_first_those_that_begin_so(
    join: Join, browser: Browsers
) -> None:
    alice = await join("alice")
    for login, name in (("bobby", "Robert Marley"), ("marta", "Zoe"), ("x_y", "100%"), ("zelda", "Amar")):
        assert (await browser().sign_up(login, display_name=name)).status == 303

    assert await by(alice).people("MAR") == ["bobby", "marta", "zelda"]
    assert await by(alice).people("rob mley") == await by(alice).people("obby") == ["bobby"]
    assert await by(alice).people("%25") == await by(alice).people("_") == ["x_y"]
    assert await by(alice).people("ali") == await by(alice).people("yob") == []


async def test_whoever_is_not_logged_in_learns_nothing(join: Join, browser: Browsers) -> None:
    await join("alice")
    stranger = browser()

    answers = [await stranger.ask("GET", path) for path in ("/api/rooms", "/api/people?q=a", "/api/rooms/1/members")]

    assert [answer.status for answer in answers] == [401] * 3


async def test_rooms_are_made_no_faster_than_the_limit_allows(join: Join, clock: object) -> None:
    alice = by(await join("alice"))
    await alice.found()

    answers = await asyncio.gather(*(alice.found() for _ in range(limits.OTHERS_BURST)), return_exceptions=True)

    assert (429, "rate_limited") in answers
