"""A room as JSON Lines is what Parley brings in, and says nothing of anybody that its members do not see."""

import json
import uuid
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select, update

from app.db.schema import memberships, messages, rooms, users
from app.transfer.readers import jsonl
from app.transfer.records import Message, Person, Room
from tests.chat.conftest import Join, Member
from tests.conftest import empty
from tests.rooms.conftest import by
from tests.saving.test_saving import saved
from tests.transfer.conftest import Bring, bring, limited, store

__all__ = ["bring", "limited", "store"]


async def reacted(person: Member, room: int, seq: int, emoji: str) -> None:
    command = str(uuid.uuid4())
    await person.socket.say(type="react", room=room, id=command, seq=seq, emoji=emoji, on=True)
    await person.socket.until("ack", id=command)


async def test_the_file_has_the_room_its_people_and_all_that_was_said_in_order(join: Join, tmp_path: Path) -> None:
    alice, bobby, carol = await join("alice"), await join("bobby"), await join("carol")
    room = await by(alice).make("Orchard", topic="Pears")
    for person in (bobby, carol):
        await by(person).join(room)
    await alice.socket.posted("elsewhere")
    await bobby.socket.posted("first", room=room)
    await alice.socket.posted("second", room=room, reply_to=1)
    await reacted(carol, room, 1, "👍")
    for person in (bobby, carol):
        await by(person).leave(room)
    file = tmp_path / "room.jsonl"
    file.write_text((await saved(alice, room)).text)

    records = [*jsonl.read(file)]

    rooms = [each for each in records if isinstance(each, Room)]
    said = [each for each in records if isinstance(each, Message)]
    assert [(each.name, each.topic, each.members) for each in rooms] == [("Orchard", "Pears", ("alice",))]
    assert [(each.text, each.author, each.reply_to) for each in said] == [
        ("first", "bobby", None),
        ("second", "alice", "1"),
    ]
    assert [(each.emoji, each.person) for each in said[0].reactions] == [("👍", "carol")]
    assert [each.login for each in records if isinstance(each, Person)] == ["alice", "bobby", "carol"]


async def test_what_only_somebody_themselves_or_an_admin_sees_is_not_in_the_file(join: Join, database: Engine) -> None:
    alice, bobby = await join("alice"), await join("bobby")
    await alice.socket.posted("hello")
    with database.begin() as conn:
        conn.execute(update(users).values(email="bobby@example.org"))
        conn.execute(update(memberships).values(level="muted", read_seq=0))

    text = (await saved(bobby)).text

    lines: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    people = [line for line in lines if line["type"] == "person"]
    seats = [(seat["login"], seat["level"], seat["read"]) for line in lines for seat in line.get("members", ())]
    assert "example.org" not in text
    assert {(each["role"], each["password_hash"]) for each in people} == {("member", None)}
    assert seats == [("alice", "all", 1), ("bobby", "all", 1)]


async def test_two_rooms_that_were_saved_come_into_two_rooms_and_a_later_save_adds_what_is_new(
    join: Join, database: Engine, bring: Bring, tmp_path: Path
) -> None:
    alice, files = await join("alice"), []
    for name in ("Orchard", "Kitchen"):
        room = await by(alice).make(name, kind="closed")
        await alice.socket.posted(f"in the {name}", room=room)
        files.append(saved_as(tmp_path / name, (await saved(alice, room)).text))
    await alice.socket.posted("later", room=room)
    files.append(saved_as(tmp_path / "later", (await saved(alice, room)).text))
    with database.begin() as conn:
        empty(conn)

    for file in files:
        await bring(jsonl.read(file), "jsonl")

    with database.connect() as conn:
        found = select(rooms.c.name, messages.c.body).join(rooms, rooms.c.id == messages.c.room_id)
        said = [tuple(row) for row in conn.execute(found.order_by(rooms.c.id, messages.c.seq))]
    assert said == [("Orchard", "in the Orchard"), ("Kitchen", "in the Kitchen"), ("Kitchen", "later")]


def saved_as(path: Path, content: str) -> Path:
    path.write_text(content)
    return path
