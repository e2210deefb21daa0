"""The one path of a message: acknowledged means written once, in order, and read by every member."""

import asyncio
import random
import uuid
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, delete, insert, select

from app.chat.keys import BUS, HUB
from app.chat.messages.append import NewMessage, append_messages
from app.db.driver.engine import ENGINE
from app.db.driver.kept import direct
from app.db.schema import memberships, messages, rooms
from tests.chat.conftest import Join, Member
from tests.support.sockets import until


def rows(database: Engine) -> list[Any]:
    with database.connect() as conn:
        return [*conn.execute(select(messages.c.seq, messages.c.rev, messages.c.body).order_by(messages.c.seq))]


async def test_a_member_posts_and_every_member_reads_it_to_the_letter(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    text = 'hi "bob" <b>&</b> привіт 上海 👩‍👩‍👧\n  second line'

    ack = await alice.socket.posted(text)

    assert (ack["room"], ack["seq"], ack["rev"]) == (1, 1, 1)
    for reader in (alice, bob):
        event = await reader.socket.until("message")
        assert event["text"] == text
        assert event["author"] == alice.author
        assert (event["seq"], event["rev"]) == (1, 1)
    assert rows(database) == [(1, 1, text)]


async def test_the_sender_hears_the_ack_before_the_message(join: Join) -> None:
    alice = await join("alice")

    await alice.socket.post("hi")

    events = [(await alice.socket.next())["type"] for _ in range(3)]
    assert events[-2:] == ["ack", "message"]


async def test_the_ack_comes_after_the_commit(join: Join, database: Engine) -> None:
    alice = await join("alice")

    for number in range(1, 21):
        await alice.socket.posted(f"hi {number}")
        assert len(rows(database)) == number


async def test_a_message_whose_commit_nobody_heard_of_is_delivered_when_the_retry_finds_it(
    join: Join, server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await until(lambda: server.app[BUS].is_open)  # which compares heads, too
    monkeypatch.setattr(server.app[HUB].loader, "reconcile", asyncio.Event().wait)
    id = uuid.uuid4()
    async with direct(server.app[ENGINE]) as conn:
        await append_messages(conn, [NewMessage(1, alice.author["id"], id, "committed, then cut off", None)])

    ack = await alice.socket.posted("committed, then cut off", id=str(id))

    assert ack["seq"] == 1
    assert await bob.socket.texts(1) == await alice.socket.texts(1) == ["committed, then cut off"]


async def test_posting_again_with_the_same_id_acknowledges_the_first_message(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    first = await alice.socket.posted("once")

    assert await alice.socket.posted("once", id=first["id"]) == first
    alice = await alice.reconnect()
    assert await alice.socket.posted("once", id=first["id"]) == first

    await alice.socket.posted("after")
    assert await bob.socket.texts(2) == ["once", "after"]
    assert [row.seq for row in rows(database)] == [1, 2]


async def test_the_same_post_twice_at_once_is_one_message(join: Join, database: Engine) -> None:
    alice = await join("alice")
    id = str(uuid.uuid4())

    for _ in range(50):
        await alice.socket.post("once", id=id)

    acks = [await alice.socket.until("ack") for _ in range(50)]
    assert {(ack["seq"], ack["rev"]) for ack in acks} == {(1, 1)}
    assert len(rows(database)) == 1


async def test_the_same_id_with_another_text_is_a_conflict(join: Join, database: Engine) -> None:
    alice = await join("alice")
    ack = await alice.socket.posted("one thing")

    await alice.socket.post("another", id=ack["id"])

    assert (await alice.socket.until("error"))["code"] == "id_conflict"
    assert rows(database) == [(1, 1, "one thing")]


async def test_two_people_may_use_the_same_id(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    id = str(uuid.uuid4())

    await alice.socket.posted("from alice", id=id)
    await bob.socket.posted("from bob", id=id)

    assert [row.body for row in rows(database)] == ["from alice", "from bob"]


async def test_posts_of_one_socket_keep_their_order(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    texts = [f"number {number}" for number in range(500)]

    for text in texts:
        await alice.socket.post(text)

    assert await bob.socket.texts(500) == texts


async def test_an_outsider_can_neither_post_nor_read_nor_resume(join: Join, database: Engine) -> None:
    alice, eve = await join("alice"), await join("eve")
    with database.begin() as conn:
        closed = conn.execute(insert(rooms).values(kind="closed", name="Den").returning(rooms.c.id)).scalar_one()
        conn.execute(insert(memberships).values(room_id=closed, user_id=alice.author["id"]))
    alice = await alice.reconnect()

    await eve.socket.post("let me in", room=closed)
    assert (await eve.socket.until("error"))["code"] == "not_a_member"
    await eve.resume(0, room=closed)
    assert (await eve.socket.until("error"))["code"] == "not_a_member"
    await eve.socket.say(type="typing", room=closed)
    assert (await eve.socket.until("error"))["code"] == "not_a_member"
    async with eve.browser.get(f"/api/rooms/{closed}/messages") as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (403, "not_a_member")

    await alice.socket.posted("secret", room=closed)
    assert (await alice.socket.until("message"))["text"] == "secret"
    assert not [event for event in await eve.socket.so_far() if event.get("room") == closed]


async def test_someone_who_was_removed_cannot_post_any_more(join: Join, database: Engine) -> None:
    alice = await join("alice")
    await alice.socket.posted("still here")
    with database.begin() as conn:
        conn.execute(delete(memberships))

    await alice.socket.post("and now?")

    assert (await alice.socket.until("error"))["code"] == "not_a_member"
    assert len(rows(database)) == 1


async def test_a_reply_names_a_message_that_exists(join: Join, database: Engine) -> None:
    alice = await join("alice")
    await alice.socket.posted("a question")

    await alice.socket.posted("an answer", reply_to=1)
    assert (await alice.socket.until("message", seq=2))["reply_to"] == 1

    id = await alice.socket.post("to nobody", reply_to=99)
    error = await alice.socket.until("error", id=id)
    assert (error["code"], error["message"]) == ("bad_command", "There is no message 99 to reply to.")
    assert len(rows(database)) == 2


async def test_one_refused_post_does_not_disturb_the_others_of_its_batch(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")

    for number in range(100):
        await alice.socket.post(f"{number}", room=1 if number % 3 else 77)

    assert await bob.socket.texts(66) == [str(number) for number in range(100) if number % 3]
    assert [(await alice.socket.until("error"))["code"] for _ in range(34)] == ["not_a_member"] * 34


@pytest.mark.parametrize("frame", ["?", "[]", '{"type":"shout"}', '{"type":"post","room":1,"id":5,"text":"x"}'])
async def test_nonsense_is_answered_and_the_socket_lives(join: Join, frame: str) -> None:
    alice = await join("alice")

    await alice.socket.ws.send_str(frame)

    assert (await alice.socket.until("error"))["code"] == "bad_command"
    await alice.socket.posted("still here")


async def test_a_binary_frame_is_answered_and_the_socket_lives(join: Join) -> None:
    alice = await join("alice")

    await alice.socket.ws.send_bytes(b"hello")

    assert (await alice.socket.until("error"))["code"] == "bad_command"
    await alice.socket.posted("still here")


async def test_a_frame_that_is_too_long_closes_the_socket_with_1009(join: Join) -> None:
    alice = await join("alice")

    await alice.socket.ws.send_str("x" * 20_000)

    assert await alice.socket.close_code() == 1009


async def test_fifty_writers_with_repetitions_and_reconnects_lose_and_double_nothing(
    join: Join, database: Engine
) -> None:
    """5,000 messages, a fifth of them sent twice, all reconnecting at random: seq is 1…n, once, for every reader."""
    writers = [await join(f"writer{number}") for number in range(50)]
    readers = [await join(f"reader{number}") for number in range(5)]
    acked: dict[str, int] = {}

    async with asyncio.TaskGroup() as group:
        reading = [group.create_task(read_all(reader, 1_000 + index)) for index, reader in enumerate(readers)]
        for index, writer in enumerate(writers):
            group.create_task(write(writer, index, acked))

    written = [(row.seq, row.body) for row in rows(database)]
    assert [seq for seq, _ in written] == list(range(1, 5_001))
    assert {body: seq for seq, body in written} == acked
    for reader in reading:
        assert reader.result() == written


async def write(writer: Member, index: int, acked: dict[str, int]) -> None:
    """Post 100 messages, some twice, some over two sockets; `acked` gets the number of each."""
    chance = random.Random(index)
    for number in range(100):
        text, id = f"{index}/{number}", str(uuid.uuid4())
        await writer.socket.post(text, id=id)
        if number % 5 == 0:
            await writer.socket.post(text, id=id)
        if chance.random() < 0.02:
            writer = await writer.reconnect()
            await writer.socket.post(text, id=id)
        acked[text] = (await writer.socket.until("ack", id=id))["seq"]


async def read_all(reader: Member, seed: int) -> list[tuple[int, str]]:
    """Read 5,000 messages, now and then over another socket."""
    chance = random.Random(seed)
    held: dict[int, str] = {}
    cursor = 0
    while cursor < 5_000:
        event = await reader.socket.until("message")
        assert event["seq"] == cursor + 1, "the next one, and once"
        held[event["seq"]] = event["text"]
        cursor = event["rev"]
        if chance.random() < 0.002:
            reader = await reader.reconnect()
            cursor = await catch_up(reader, cursor, held)
    return sorted(held.items())


async def catch_up(reader: Member, cursor: int, held: dict[int, str]) -> int:
    """Resume from a cursor as docs/PROTOCOL.md says; the new cursor."""
    await reader.resume(cursor)
    while (event := await reader.socket.next())["type"] != "live":
        if event["type"] == "message":
            assert held.setdefault(event["seq"], event["text"]) == event["text"]
        elif event["type"] == "reset":
            while page := (await reader.history(after=max(held), limit=200))["messages"]:
                held.update((message["seq"], message["text"]) for message in page)
    return int(event["rev"])
