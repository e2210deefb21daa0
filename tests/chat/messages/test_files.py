"""Messages that carry files: both are one commit, for the members of the room, and go together."""

import uuid
from typing import Any

import pytest
from sqlalchemy import Engine, text

from app.db.schema import attachments, blobs, files
from tests.chat.conftest import Join, Member, join, server
from tests.chat.memberships.test_levels import same_person
from tests.conftest import Serve
from tests.files.serving.conftest import Give, Given, give, read
from tests.rooms.conftest import by
from tests.support.browsing import Open
from tests.support.sockets import until

__all__ = ["give", "join", "server"]


async def post(person: Member, *given: Given | uuid.UUID, words: str = "", **more: Any) -> dict[str, Any]:
    """The ack, or the refusal, of a message with files."""
    ids = [str(each if isinstance(each, uuid.UUID) else each.id) for each in given]
    id = await person.socket.post(words, files=ids, **more)
    while (event := await person.socket.next()).get("id") != id:
        pass
    return event


async def delete(person: Member, seq: int, room: int = 1) -> None:
    await person.socket.say(type="delete", id=str(uuid.uuid4()), room=room, seq=seq)
    await person.socket.until("message", seq=seq, deleted=True)


def count(database: Engine, table: str) -> int:
    with database.connect() as conn:
        return int(conn.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


async def test_a_message_and_its_files_are_one_event_for_its_readers_and_stand_in_history(
    join: Join, give: Give
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    picture = give(
        alice,
        name="Київ.jpg",
        kind="picture",
        type="image/jpeg",
        width=40,
        height=30,
        alt="a square",
        placeholder="UA==",
    )
    broken = give(alice, b"", name="b.png", reason="This picture is damaged.")

    ack = await post(alice, picture, broken)

    event = await bob.socket.until("message", seq=ack["seq"])
    assert (event["rev"], event["text"]) == (ack["rev"], "")
    assert event["files"] == [
        {"id": str(picture.id), "name": "Київ.jpg", "size": 9, "type": "image/jpeg", "kind": "picture"}
        | {"width": 40, "height": 30, "placeholder": "UA==", "alt": "a square"},
        {"id": str(broken.id), "name": "b.png", "size": 0, "type": "application/octet-stream", "kind": "file"}
        | {"reason": "This picture is damaged."},
    ]
    (message,) = (await bob.history())["messages"]
    assert message["files"] == event["files"]
    assert (await read(bob, picture.path())).status == 200


async def test_the_text_beside_files_may_be_edited_away_and_no_other(join: Join, give: Give) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await post(alice, give(alice), words="look")
    await alice.socket.posted("words alone")

    edit = {"type": "edit", "room": 1, "text": " \u200b\n"}
    await alice.socket.say(**edit, seq=1, id=str(uuid.uuid4()))
    event = await bob.socket.until("message", seq=1, rev=3)
    await alice.socket.say(**edit, seq=2, id=str(uuid.uuid4()))
    error = await alice.socket.until("error")

    assert (event["text"], len(event["files"])) == ("", 1)
    assert (error["code"], error["message"]) == ("bad_text", "Write something first.")


async def test_a_message_may_call_and_carry_and_those_beside_it_are_as_ever(join: Join, give: Give) -> None:
    alice, bob = await join("alice"), await join("bobby")
    one, other = give(alice), give(alice)

    for words in ("plain", "@bobby"):
        await alice.socket.post(words)
        await alice.socket.post(words, files=[str(one.id)])
    await alice.socket.post("@bobby @nobody", files=[str(other.id), str(one.id)])

    events = [await bob.socket.until("message") for _ in range(5)]
    carried = [[each["id"] for each in event.get("files", [])] for event in events]
    assert carried == [[], [str(one.id)], [], [str(one.id)], [str(other.id), str(one.id)]]
    assert [event.get("mentions") for event in events] == [None, None, *[[bob.author["id"]]] * 3]


@pytest.mark.parametrize("columns", [{"whole_at": None}, {"received": 3, "whole_at": None}])
async def test_a_file_that_has_not_arrived_is_refused_and_nothing_is_written(
    columns: dict[str, Any], join: Join, give: Give, database: Engine
) -> None:
    alice = await join("alice")
    coming = give(alice, **columns)

    refusal = await post(alice, give(alice), coming, words="look")

    assert (refusal["type"], refusal["code"]) == ("error", "bad_files")
    assert refusal["message"].startswith("A file of this message has not arrived")
    assert (count(database, "messages"), count(database, "attachments")) == (0, 0)
    assert (await alice.socket.posted("next"))["seq"] == 1


async def test_nobody_posts_the_files_of_somebody_else_or_none_that_there_are(
    join: Join, give: Give, database: Engine
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    file = give(alice)

    assert (await post(bob, file))["code"] == "bad_files"
    assert (await post(bob, uuid.uuid4()))["code"] == "bad_files"
    assert (await read(bob, file.path())).status == 404
    assert (await post(alice, file))["type"] == "ack"
    assert (await post(bob, file))["code"] == "bad_files"  # though he reads it
    assert count(database, "messages") == 1


async def test_a_bad_file_spoils_nothing_for_others_of_the_batch(join: Join, give: Give) -> None:
    alice, bob = await join("alice"), await join("bobby")

    ids = [await alice.socket.post(str(n), files=[str(uuid.uuid4())] if n % 2 else []) for n in range(10)]

    assert await bob.socket.texts(5) == ["0", "2", "4", "6", "8"]
    for n, id in enumerate(ids):
        if n % 2:
            assert (await alice.socket.until("error", id=id))["code"] == "bad_files"


async def test_the_same_id_again_is_harmless_in_any_process(
    join: Join, give: Give, serve: Serve, open_browser: Open
) -> None:
    alice = await join("alice")
    file, id = give(alice), str(uuid.uuid4())
    there = await same_person(alice, open_browser(await serve()))

    acks = [await post(each, file, id=id, words="look") for each in (alice, there, alice)]

    assert [(ack["seq"], ack["rev"]) for ack in acks] == [(1, 1)] * 3
    (message,) = (await alice.history())["messages"]
    assert [each["id"] for each in message["files"]] == [str(file.id)]


async def test_an_outsider_posts_no_files_into_a_room_and_reads_none(join: Join, give: Give, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).make("Plans", kind="closed")
    theirs, his = give(alice), give(bob)

    assert (await post(alice, theirs, room=room))["type"] == "ack"
    assert (await post(bob, his, room=room))["code"] == "not_a_member"
    assert (await read(bob, theirs.path())).status == 404
    assert count(database, "attachments") == 1


async def test_deleting_a_message_deletes_its_files_but_those_of_other_messages(
    join: Join, give: Give, database: Engine
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    once, twice = give(alice, b"once"), give(alice, b"twice")
    first, second = await post(alice, once, twice), await post(alice, twice)

    await delete(alice, first["seq"])

    assert "files" not in (await bob.history())["messages"][0]
    for person in (alice, bob):
        assert (await read(person, once.path())).status == 404
        assert (await read(person, twice.path())).status == 200
    await delete(alice, second["seq"])
    assert (await read(alice, twice.path())).status == 404
    assert (count(database, files.name), count(database, attachments.name)) == (0, 0)
    await until(lambda: count(database, blobs.name) == 0)  # the bytes, too


async def test_a_reply_quotes_a_message_without_words_by_its_first_file(join: Join, give: Give) -> None:
    alice, bob = await join("alice"), await join("bobby")
    ack = await post(alice, give(alice, name="a plan.pdf"), give(alice))

    await bob.socket.posted("nice", reply_to=ack["seq"])

    reply = await alice.socket.until("message", text="nice")
    assert reply["quote"]["text"] == "📎 a plan.pdf"


async def test_an_edit_keeps_the_files(join: Join, give: Give) -> None:
    alice, bob = await join("alice"), await join("bobby")
    ack = await post(alice, give(alice), words="look")

    await alice.socket.say(type="edit", id=str(uuid.uuid4()), room=1, seq=ack["seq"], text="look here")

    event = await bob.socket.until("message", text="look here")
    assert len(event["files"]) == 1
