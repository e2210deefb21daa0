"""Messages that are older than their room keeps them go, as if their authors had deleted them; all others stay."""

import asyncio
import uuid
from collections.abc import Collection
from datetime import timedelta

import pytest
import sqlalchemy as sa
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine

from app.db.schema import attachments, audit, blobs, jobs, mentions, messages, reactions, rooms, search
from app.sweeps import sweeps
from app.sweeps.keys import SWEEPS
from tests.chat.conftest import Join, Member
from tests.conftest import Serve
from tests.files.conftest import tus
from tests.rooms.conftest import by
from tests.search.conftest import becomes, found_by, is_level
from tests.support.load import PATIENCE_S
from tests.support.locks import until_waiting
from tests.sweeps.test_sweeps import count

NOW = sa.func.clock_timestamp()
MONTH = timedelta(days=30)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def grow_old(database: Engine, age: timedelta, seqs: Collection[int], room: int = 1) -> None:
    """These messages were written so long ago."""
    with database.begin() as conn:
        these = sa.update(messages).where(messages.c.room_id == room, messages.c.seq.in_(seqs))
        conn.execute(these.values(created_at=NOW - age))


def keep_for(database: Engine, days: int, *room_ids: int) -> None:
    with database.begin() as conn:
        conn.execute(sa.update(rooms).where(rooms.c.id.in_(room_ids)).values(retention_days=days))


def due_again(database: Engine) -> None:
    with database.begin() as conn:
        conn.execute(sa.update(jobs).where(jobs.c.name == sweeps.MESSAGES).values(due_at=NOW))


def living(database: Engine, room: int = 1) -> list[int]:
    with database.connect() as conn:
        there = sa.select(messages.c.seq).where(messages.c.room_id == room, messages.c.deleted_at.is_(None))
        return [*conn.execute(there.order_by(messages.c.seq)).scalars()]


async def say(person: Member, number: int, room: int = 1) -> None:
    for seq in range(1, number + 1):
        assert (await person.socket.posted(f"message {seq}", room=room))["seq"] == seq


async def test_old_messages_go_and_young_ones_stay_and_a_room_without_the_setting_keeps_all(
    join: Join, server: TestServer, database: Engine
) -> None:
    alice = await join("alice")
    other = await by(alice).make("Plans")
    await alice.socket.until("live", room=other)
    for room in (1, other):
        await say(alice, 3, room)
        grow_old(database, MONTH + SECOND, [1, 3], room)
        grow_old(database, MONTH - MINUTE, [2], room)
    keep_for(database, 30, 1)

    done = await server.app[SWEEPS].look()

    assert done[sweeps.MESSAGES] == 2
    assert (living(database), living(database, other)) == ([2], [1, 2, 3])
    keep_for(database, 29, other)
    due_again(database)
    assert await server.app[SWEEPS].look() == {sweeps.MESSAGES: 3}
    assert living(database, other) == []


async def test_a_message_that_goes_takes_all_of_it_along_before_the_eyes_of_members_and_nobody_else(
    join: Join, server: TestServer, database: Engine
) -> None:
    alice, bob, carol = await join("alice"), await join("bobby"), await join("carol")
    room = await by(alice).make("Plans", kind="closed")
    await by(alice).add(room, "bobby")
    await alice.socket.until("live", room=room)
    await bob.socket.until("live", room=room)
    uploads = await tus(alice)
    file = await uploads.give(b"the bytes of a file")
    old = await alice.socket.posted("the zeppelin of @bobby", room=room, files=[file])
    reaction = str(uuid.uuid4())
    await bob.socket.say(type="react", room=room, id=reaction, seq=old["seq"], emoji="👍", on=True)
    await bob.socket.until("ack", id=reaction)
    reply = await bob.socket.posted("lovely", room=room, reply_to=old["seq"])
    await is_level(database)
    assert await found_by(alice, "zeppelin") == [(room, old["seq"])]
    await carol.socket.settle()
    grow_old(database, MONTH + SECOND, [old["seq"]], room)
    keep_for(database, 30, room)

    await server.app[SWEEPS].look()

    gone = await bob.socket.until("message", seq=old["seq"], deleted=True)
    assert (gone["text"], "files" in gone, "reactions" in gone) == ("", False, False)
    answer = await bob.socket.until("message", seq=reply["seq"])
    assert (answer["text"], answer["quote"]["deleted"]) == ("lovely", True)
    assert not [event for event in await carol.socket.so_far() if event.get("room") == room]
    for table in (attachments, mentions, reactions, audit):
        assert count(database, table) == 0
    async with bob.browser.get(f"/files/{file}/note.txt") as asked:
        assert asked.status == 404
    await becomes(lambda: asyncio.to_thread(count, database, blobs), 0)
    await is_level(database)
    assert await found_by(alice, "zeppelin") == []
    assert count(database, search) == 1


async def test_a_page_that_was_away_meanwhile_learns_what_went(
    join: Join, server: TestServer, database: Engine
) -> None:
    alice = await join("alice")
    ack = await alice.socket.posted("soon gone")
    grow_old(database, MONTH + SECOND, [ack["seq"]])
    keep_for(database, 30, 1)
    await server.app[SWEEPS].look()

    back = await alice.reconnect()
    await back.resume(ack["rev"])

    assert (await back.socket.until("message", seq=ack["seq"]))["deleted"]
    assert [each["text"] for each in (await alice.history())["messages"]] == [""]


async def test_a_sweep_that_ends_in_its_middle_is_ended_by_another_process_and_deletes_nothing_twice(
    serve: Serve, join: Join, server: TestServer, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "MESSAGES_AT_ONCE", 2)
    one, other = await serve(), await serve()
    alice = await join("alice")
    locked = await by(alice).make("Plans")
    await alice.socket.until("live", room=locked)
    for room in (1, locked):
        await say(alice, 5, room)
        grow_old(database, MONTH + SECOND, range(1, 6), room)
    keep_for(database, 30, 1, locked)

    with database.begin() as conn:
        conn.execute(sa.select(rooms.c.id).where(rooms.c.id == locked).with_for_update(key_share=True))
        looking = asyncio.create_task(one.app[SWEEPS].look())
        async with asyncio.timeout(PATIENCE_S):
            await until_waiting(database)
        ack = await alice.socket.posted("nobody waits for a sweep")
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
    assert sweeps.MESSAGES not in await other.app[SWEEPS].look(), "nobody else within the hour"
    due_again(database)
    done = await other.app[SWEEPS].look()

    assert done[sweeps.MESSAGES] in (4, 5), "the one that waited may have gone after all"
    assert (living(database), living(database, locked)) == ([ack["seq"]], [])
    with database.connect() as conn:
        revs = {row.id: row.last_rev for row in conn.execute(sa.select(rooms.c.id, rooms.c.last_rev))}
        assert revs == {1: 6 + 5, locked: 5 + 5}, "posts and deletions, each once"
        counted = conn.scalar(sa.select(jobs.c.removed).where(jobs.c.name == sweeps.MESSAGES))
    assert counted == 4 + done[sweeps.MESSAGES], "the batch that was cut short is not"


async def test_of_two_processes_one_deletes_each_message(serve: Serve, join: Join, database: Engine) -> None:
    one, other = await serve(), await serve()
    alice = await join("alice")
    await say(alice, 20)
    grow_old(database, MONTH + SECOND, range(1, 21))
    keep_for(database, 30, 1)

    done = await asyncio.gather(one.app[SWEEPS].look(), other.app[SWEEPS].look())

    assert [each[sweeps.MESSAGES] for each in done if sweeps.MESSAGES in each] == [20]
    with database.connect() as conn:
        assert conn.scalar(sa.select(rooms.c.last_rev)) == 40


async def test_a_room_remembers_up_to_where_all_is_gone_and_what_comes_later_goes_though_it_is_older(
    join: Join, server: TestServer, database: Engine
) -> None:
    alice = await join("alice")
    await say(alice, 4)
    grow_old(database, MONTH + SECOND, [1, 2, 4])
    keep_for(database, 30, 1)

    await server.app[SWEEPS].look()
    assert (living(database), gone(database)) == ([3], 2)

    await alice.socket.posted("brought in")
    grow_old(database, 2 * MONTH, [5])
    due_again(database)
    await server.app[SWEEPS].look()
    assert (living(database), gone(database)) == ([3], 2)

    grow_old(database, MONTH + SECOND, [3])
    due_again(database)
    await server.app[SWEEPS].look()
    assert (living(database), gone(database)) == ([], 5)
    await alice.socket.posted("a new one stays")
    due_again(database)
    await server.app[SWEEPS].look()
    assert living(database) == [6]


def gone(database: Engine) -> int:
    with database.connect() as conn:
        return conn.execute(sa.select(rooms.c.gone_seq).where(rooms.c.id == 1)).scalar_one()
