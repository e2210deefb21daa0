"""What a newer export of the same chat changes here: deletions, texts that grew or shrank, reactions."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, Row, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.chat.messages.amend import amend
from app.chat.wire.commands import MAX_TEXT_CHARS, React
from app.db.driver.engine import autocommit
from app.db.schema import attachments, files, messages, reactions, rooms, users
from app.moderation.undo_queries import take_reactions
from app.transfer.records import Message, Person, Reaction, Record
from tests.transfer.conftest import Bring, Said
from tests.transfer.test_files import file
from tests.transfer.test_importing import AT, BOB, KITCHEN, OLENA, message

SLACKBOT = Person("USLACKBOT", "slackbot", kind="bot")
HOUR = timedelta(hours=1)


def _long(word: str, letters: int) -> str:
    return "\n".join(f"{word}{n} " + "x" * 80 for n in range(letters // 85))


def _living(said: Said) -> list[Row[tuple[object, ...]]]:
    return [row for row in said("kitchen") if row.deleted_at is None]


def _last_rev(database: Engine) -> int:
    with database.connect() as conn:
        return conn.execute(select(rooms.c.last_rev).where(rooms.c.name == "kitchen")).scalar_one()


async def test_what_was_deleted_there_is_deleted_here_with_its_parts_whoever_is_its_author_now(
    bring: Bring, said: Said, database: Engine
) -> None:
    given = message("1", _long("word", 2 * MAX_TEXT_CHARS), 1, reactions=(Reaction("👍", "U2"),))
    carried = Message("C1", "2", "U2", AT + 2 * HOUR, "look", files=(file("note.txt", b"Hello"),))
    answer = message("3", "indeed", 180, reply_to="1")
    await bring([given, carried, answer, KITCHEN, OLENA, BOB])
    before = len(said("kitchen"))

    tombstones = [Message("C1", key, "USLACKBOT", AT, "", is_deleted=True) for key in ("1", "2")]
    newer: list[Record] = [*tombstones, answer, KITCHEN, OLENA, BOB, SLACKBOT]
    report = await bring(newer)
    after = said("kitchen")
    again = await bring(newer)

    assert [(row.body, row.reply_to) for row in _living(said)] == [("indeed", 1)]
    assert len(after) == before
    assert [row.login for row in after] == ["olena", *["olena"] * (before - 3), "bob", "olena"]
    assert max(row.rev for row in after) == _last_rev(database)
    assert (report.messages_written, report.messages_deleted, again.messages_deleted) == (0, before - 1, 0)
    assert said("kitchen") == after
    with database.connect() as conn:
        counts = [conn.scalar(select(func.count()).select_from(each)) for each in (reactions, attachments, files)]
    assert counts == [0, 0, 0]


async def test_what_the_newer_export_has_not_stays(bring: Bring, said: Said) -> None:
    """It may be an older one, or a part."""
    first, second = message("1", "first", 1), message("2", "second", 2)
    await bring([first, second, KITCHEN, OLENA, BOB])

    report = await bring([second, message("3", "third", 3), KITCHEN, OLENA, BOB])

    assert report.messages_deleted == 0
    assert [row.body for row in _living(said)] == ["first", "second", "third"]


async def test_a_text_that_grew_too_long_keeps_all_its_words_and_one_that_shrank_leaves_none(
    bring: Bring, said: Said
) -> None:
    short, grown = "short", _long("more", 3 * MAX_TEXT_CHARS)
    after = message("2", "after", 2)
    await bring([message("1", short, 1), after, KITCHEN, OLENA, BOB])

    await bring([message("1", grown, 1, edited_at=AT + HOUR), after, KITCHEN, OLENA, BOB])
    first, between, *rest = said("kitchen")
    shrunk = await bring([message("1", "small", 1, edited_at=AT + 2 * HOUR), after, KITCHEN, OLENA, BOB])

    assert between.body == "after"
    assert "\n".join([first.body, *(row.body for row in rest)]) == grown
    assert [row.reply_to for row in rest] == [1] * len(rest)
    assert len(rest) > 1
    assert shrunk.messages_deleted == len(rest)
    assert [row.body for row in _living(said)] == ["small", "after"]


async def test_the_rest_of_a_long_text_stays_where_its_beginning_was_changed_here(
    bring: Bring, said: Said, database: Engine
) -> None:
    long = _long("more", 2 * MAX_TEXT_CHARS)
    await bring([message("1", long, 1), KITCHEN, OLENA])
    with database.begin() as conn:
        conn.execute(messages.update().values(edited_at=AT + 2 * HOUR))

    report = await bring([message("1", "small", 1, edited_at=AT + HOUR), KITCHEN, OLENA])

    assert "\n".join(row.body for row in said("kitchen")) == long
    assert (report.messages_changed, report.messages_deleted) == (0, 0)


@pytest.mark.parametrize("letters", [MAX_TEXT_CHARS, 2 * MAX_TEXT_CHARS])
async def test_names_of_files_that_do_not_come_find_room_behind_a_long_text(
    bring: Bring, said: Said, letters: int
) -> None:
    text = "x" * letters
    large = file("n" * 100 + ".txt", b"x" * 2 * 1024 * 1024)

    await bring([Message("C1", "1", "U1", AT, text, files=(large,)), KITCHEN, OLENA])

    *parts, last = [row.body for row in said("kitchen")]
    assert "".join(parts) == text
    assert last == f"[{large.name}]"


@pytest.mark.parametrize("who", ["its author", "an administrator"])
async def test_a_reaction_that_was_taken_back_here_does_not_come_again(
    bring: Bring, database: Engine, engine: AsyncEngine, who: str
) -> None:
    thumb, heart = Reaction("👍", "U2"), Reaction("❤️", "U2")
    records: list[Record] = [message("1", "Good?", reactions=(thumb,)), KITCHEN, OLENA, BOB]
    await bring(records)
    with database.connect() as conn:
        bob = conn.execute(select(users.c.id).where(users.c.login == "bob")).scalar_one()
        room = conn.execute(select(rooms.c.id).where(rooms.c.name == "kitchen")).scalar_one()
    if who == "its author":
        await amend(autocommit(engine), bob, React(id=uuid4(), room=room, seq=1, emoji="👍", on=False))
    else:
        async with engine.begin() as conn:
            await take_reactions(conn, bob, room, 1)

    again = await bring(records)
    newer = await bring([message("1", "Good?", reactions=(thumb, heart)), KITCHEN, OLENA, BOB])

    assert (again.reactions, newer.reactions) == (0, 1)
    with database.connect() as conn:
        assert [*conn.scalars(select(reactions.c.emoji))] == ["❤️"]
