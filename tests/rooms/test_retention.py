"""For how many days a room keeps its messages: administrators set it, and its members see it."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from app.db.schema import messages, rooms
from tests.chat.conftest import Join
from tests.moderation.test_log import recorded
from tests.rooms.conftest import Denied, by, conversation


async def test_an_admin_sets_it_and_its_members_see_it_and_outsiders_do_not(join: Join, database: Engine) -> None:
    admin, alice, bob, carol = [await join(login) for login in ("adele", "alice", "bobby", "carol")]
    room = await by(alice).make("Plans", kind="closed")
    await by(alice).add(room, "bobby")
    await bob.socket.until("live", room=room)

    assert (await by(admin).change(room, retention_days=30))["room"] is None
    assert (await bob.socket.until("room", id=room, retention_days=30))["name"] == "Plans"
    assert next(each for each in (await bob.reconnect()).hello["rooms"] if each["id"] == room)["retention_days"] == 30
    await by(alice).change(room, topic="Of next year")
    assert (await alice.socket.until("room", id=room, topic="Of next year"))["retention_days"] == 30
    await by(admin).change(room, retention_days=None)
    while "retention_days" in (await alice.socket.until("room", id=room)):
        pass

    assert not [event for event in await carol.socket.so_far() if event["type"] == "room"]
    assert recorded(database) == [
        ("adele", "room", None, "messages stay for 30 days"),
        ("adele", "room", None, "messages stay for ever"),
    ]


async def test_an_admin_who_made_the_room_is_written_down_too(join: Join, database: Engine) -> None:
    admin = await join("adele")
    room = await by(admin).make("Plans")

    answer = await by(admin).change(room, name="Dreams", retention_days=1)

    assert answer["room"]["retention_days"] == 1
    assert recorded(database) == [("adele", "room", None, "name, messages stay for 1 day")]


async def test_its_creator_its_members_and_outsiders_may_not(join: Join, database: Engine) -> None:
    _, alice, bob, carol = [await join(login) for login in ("adele", "alice", "bobby", "carol")]
    room = await by(alice).make("Plans", kind="closed")
    await by(alice).add(room, "bobby")

    for person, code in ((alice, "not_admin"), (bob, "forbidden"), (carol, "not_a_member")):
        for ask in (
            by(person).change(room, name="Mine", retention_days=1),
            by(person).ask("GET", f"/api/rooms/{room}/older?days=1"),
        ):
            with pytest.raises(Denied) as denied:
                await ask
            assert denied.value == (403, code)
    with pytest.raises(Denied, match="it deletes what others wrote"):
        await by(alice).change(room, retention_days=None)

    with database.connect() as conn:
        found = conn.execute(sa.select(rooms.c.name, rooms.c.retention_days).where(rooms.c.id == room)).one()
    assert tuple(found) == ("Plans", None)
    assert recorded(database) == []


async def test_a_direct_conversation_and_an_archived_room_refuse_it_with_a_sentence(join: Join) -> None:
    admin, alice = await join("adele"), await join("alice")
    direct, old = await conversation(admin, alice), await by(admin).make("Old plans")
    await by(admin).change(old, archived=True)

    for room, sentence in ((direct, "A direct conversation stays as it is."), (old, "This room is archived")):
        with pytest.raises(Denied, match=sentence) as denied:
            await by(admin).change(room, retention_days=30)
        assert denied.value.status == 403

    revived = await by(admin).change(old, archived=False, retention_days=30)
    assert revived["room"]["retention_days"] == 30


@pytest.mark.parametrize(
    ("days", "status"),
    [(0, 422), (3651, 422), (-1, 422), (2**31, 422), (2**63, 422), ("30", 400), (1.5, 400), (True, 400), ([], 400)],
)
async def test_days_are_whole_and_from_1_to_3650(days: Any, status: int, join: Join) -> None:
    admin = await join("adele")

    with pytest.raises(Denied) as denied:
        await by(admin).change(1, retention_days=days)

    assert denied.value.status == status
    assert status == 400 or "1 to 3650 days" in denied.value.message
    for fit in (1, 3650):
        assert (await by(admin).change(1, retention_days=fit))["room"]["retention_days"] == fit


async def test_an_admin_learns_how_many_messages_would_go(join: Join, database: Engine) -> None:
    admin = await join("adele")
    for text in ("one", "two", "three", "four"):
        await admin.socket.posted(text)
    with database.begin() as conn:
        conn.execute(sa.text("UPDATE messages SET created_at = now() - seq * interval '24 hours'"))
        conn.execute(sa.update(messages).where(messages.c.seq == 4).values(deleted_at=sa.func.now()))

    async def older(days: object) -> int:
        return int((await by(admin).ask("GET", f"/api/rooms/1/older?days={days}"))["messages"])

    assert [await older(days) for days in (1, 2, 3, 4)] == [3, 2, 1, 0]
    for bad in ("", "0", "3651", "x", "1e3", "-1"):
        with pytest.raises(Denied) as denied:
            await older(bad)
        assert denied.value.status == 400
    with pytest.raises(Denied, match="1 to 3650 days"):
        await by(admin).ask("GET", "/api/rooms/1/older")
