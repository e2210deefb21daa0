"""An admin takes back all that an account has made, and nothing of anybody else."""

import uuid
from typing import Any

import pytest
from sqlalchemy import Engine, select

from app.db.schema import invitations, messages, reactions, rooms
from app.moderation import undo
from tests.moderation.test_log import recorded
from tests.rooms.conftest import Requests
from tests.support.browsing import Browser
from tests.support.sockets import Socket, open_socket


@pytest.fixture
async def theirs(bob: Browser) -> Socket:
    return await open_socket(bob)


async def react(socket: Socket, ack: dict[str, Any]) -> None:
    command = str(uuid.uuid4())
    await socket.say(type="react", room=ack["room"], id=command, seq=ack["seq"], emoji="👍", on=True)
    await socket.until("ack", id=command)


def bodies(database: Engine) -> list[str]:
    with database.connect() as conn:
        return list(conn.execute(select(messages.c.body).order_by(messages.c.room_id, messages.c.seq)).scalars())


async def test_all_that_an_account_made_goes_and_what_others_made_stays(
    alice: Browser, bob: Browser, carol: Browser, theirs: Socket, database: Engine
) -> None:
    room, kept = await Requests(bob).make("Coins"), await Requests(bob).make("Boats")
    reader = await open_socket(carol)
    said = await reader.posted("I was here")
    await react(theirs, said)
    await theirs.posted("buy")
    await theirs.posted("coins", room=room)
    await theirs.posted("boats", room=kept)
    await Requests(carol).join(kept)
    await reader.posted("my boat", room=kept)

    answer = await alice.submit("/people/bobby/undo")

    assert (answer.status, answer.location) == (303, "/people/bobby")
    assert bodies(database) == ["I was here", "", "", "", "my boat"]
    with database.connect() as conn:
        assert conn.execute(select(reactions)).all() == []
        living = conn.execute(select(rooms.c.name).where(rooms.c.archived_at.is_(None))).scalars()
        assert sorted(living) == ["Boats", "Lobby"]
    assert [(actor, action) for actor, action, _, _ in recorded(database)] == [
        ("alice", "disabled"),
        ("alice", "undone"),
    ]
    assert (await bob.log_in("bobby")).status == 403


async def test_pages_that_are_open_are_told_of_every_message_and_reaction_that_goes(
    alice: Browser, bob: Browser, carol: Browser, theirs: Socket
) -> None:
    reader = await open_socket(carol)
    said = await reader.posted("hello")
    await react(theirs, said)
    await theirs.posted("buy")
    await reader.until("message", text="buy")

    await alice.submit("/people/bobby/undo")

    gone = await reader.until("message", seq=said["seq"] + 1, deleted=True)
    calm = await reader.until("message", seq=said["seq"])
    assert gone["text"] == ""
    assert "reactions" not in calm


async def test_a_room_that_is_closed_leaves_the_lists_of_its_members(
    alice: Browser, bob: Browser, carol: Browser, theirs: Socket
) -> None:
    asked = Requests(bob)
    room = await asked.make("Coins")
    reader = await open_socket(carol)
    await reader.until("hello")
    await asked.add(room, "carol")
    await reader.until("room", id=room)

    await alice.submit("/people/bobby/undo")

    await reader.until("left", room=room)


async def test_a_conversation_in_which_nobody_else_wrote_leaves_the_list_of_the_other(
    alice: Browser, bob: Browser, carol: Browser, theirs: Socket
) -> None:
    reader = await open_socket(carol)
    made = []
    for logins in (["carol"], ["carol", "alice"]):
        made.append(await Requests(bob).direct(*logins))
        await theirs.until("live", room=made[-1])
        await theirs.posted("buy", room=made[-1])
        await reader.until("live", room=made[-1])
    silent, answered = made
    await reader.posted("no", room=answered)

    await alice.submit("/people/bobby/undo")

    await reader.until("left", room=silent)
    listed = (await (await open_socket(carol)).until("hello"))["rooms"]
    assert [room["id"] for room in listed] == [1, answered]


async def test_what_is_too_much_for_one_go_is_done_in_several(
    alice: Browser, bob: Browser, theirs: Socket, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "AT_ONCE", 2)
    for number in range(3):
        await theirs.posted(str(number))

    first = await alice.submit("/people/bobby/undo")
    between = bodies(database)
    second = await alice.submit("/people/bobby/undo")

    assert (first.status, second.status) == (200, 303)
    assert "there are more" in first.text
    assert (between, bodies(database)) == (["", "", "2"], ["", "", ""])


async def test_invitations_of_the_account_end(alice: Browser, bob: Browser, database: Engine) -> None:
    await alice.submit("/people/bobby", to="/people/bobby/role/admin")
    await bob.submit("/settings/chat", to="/settings/chat/invitations", days="7", uses="1")
    await alice.submit("/people/bobby/undo")

    with database.connect() as conn:
        assert [row.revoked_at is None for row in conn.execute(select(invitations))] == [False]


async def test_members_undo_nothing_and_nobody_undoes_themselves(
    alice: Browser, bob: Browser, theirs: Socket, database: Engine
) -> None:
    mine = await open_socket(alice)
    await mine.posted("mine")

    assert (await bob.ask("GET", "/people/alice/undo")).status == 403
    assert (await bob.submit("/people/alice", to="/people/alice/undo")).status == 403
    assert (await alice.submit("/people/bobby", to="/people/alice/undo")).status == 403
    assert bodies(database) == ["mine"]
