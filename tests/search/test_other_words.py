"""An index whose words were made otherwise is written anew beside all else, and answers meanwhile."""

import hashlib

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.schema import instance
from app.db.schema import search as index
from app.search.index import indexing
from app.search.index.fill import Fill
from app.search.index.follower import follow
from app.search.index.terms import WORDS_VERSION, terms_of
from app.search.index.writing import ADVISORY_LOCK, renew
from tests.chat.conftest import Join
from tests.conftest import Serve
from tests.search.asking.conftest import search
from tests.search.conftest import becomes, found_by, is_level
from tests.search.test_cases import CASES
from tests.search.test_fill import engine, in_order, old_chat, so_far
from tests.support.index import faults_in_index

__all__ = ["engine", "old_chat"]

MADE_OTHERWISE = "UPDATE search SET terms = replace(terms, 'zebrafinch', 'kingfisher')"
OTHER_VERSION = "UPDATE instance SET words_version = :version"


async def version_in(database: Engine) -> int:
    with database.connect() as conn:
        return int(conn.execute(select(instance.c.words_version)).scalar_one())


@pytest.mark.parametrize("version", [WORDS_VERSION - 1, WORDS_VERSION + 1], ids=["an older one", "a newer one"])
async def test_an_index_of_another_version_is_written_anew_and_messages_keep_their_numbers(
    join: Join, database: Engine, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    monkeypatch.setattr(indexing, "COMPARE_S", 0.2)
    alice = await join("alice")
    for _ in range(3):
        await alice.socket.posted("zebrafinch")
    await is_level(database)
    with database.begin() as conn:
        numbers = {*conn.execute(select(index.c.seq, index.c.number))}

        conn.execute(text(MADE_OTHERWISE))
        conn.execute(text(OTHER_VERSION), {"version": version})

    await is_level(database)
    assert await found_by(alice, "zebrafinch") == [(1, 3), (1, 2), (1, 1)]
    assert await found_by(alice, "kingfisher") == []
    with database.connect() as conn:
        assert {*conn.execute(select(index.c.seq, index.c.number))} == numbers
    assert await version_in(database) == WORDS_VERSION


async def test_a_database_without_messages_takes_our_words_without_a_word_in_the_log(
    database: Engine, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with database.begin() as conn:
        conn.execute(text(OTHER_VERSION), {"version": 0})

    await serve()

    await becomes(lambda: version_in(database), WORDS_VERSION)
    assert "other words" not in caplog.text


async def test_meanwhile_messages_are_found_by_the_words_that_they_have_and_it_says_that_it_is_not_done(
    join: Join, database: Engine
) -> None:
    alice = await join("alice")
    for _ in range(3):
        await alice.socket.posted("zebrafinch")
    await is_level(database)

    with database.begin() as holder:
        holder.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))  # nobody else writes to the index
        with database.begin() as conn:
            conn.execute(text("UPDATE search_heads SET filled_seq = 4"))  # as at the beginning

        answer = await search(alice, "zebrafinch")
        assert answer.places == [(1, 3), (1, 2), (1, 1)]
        assert answer.wire["indexing"] == {"until": None}
    await alice.socket.posted("zebrafinch, too")
    await becomes(lambda: found_by(alice, "zebrafinch"), [(1, 4), (1, 3), (1, 2), (1, 1)])


async def test_what_was_not_filled_in_yet_gets_its_place_in_time(old_chat: Engine, engine: AsyncEngine) -> None:
    fill = Fill()
    for _ in range(3):
        async with engine.begin() as conn:
            await fill.batch(conn, 37)
    with old_chat.begin() as conn:
        conn.execute(text("UPDATE search SET terms = 'former'"))
        conn.execute(text(OTHER_VERSION), {"version": WORDS_VERSION + 1})

    async with engine.begin() as conn:
        assert await renew(conn)
        assert not await renew(conn)
    fill = Fill()
    while (now := await so_far(engine)) is not None:
        with old_chat.connect() as conn:
            is_anew = conn.scalar(select(index.c.seq).where(index.c.terms == "former").limit(1)) is not None
        assert (now.since is None) == is_anew
        async with engine.begin() as conn:
            await fill.batch(conn, 37)
            await follow(conn, {}, 1_000, of_all=True)

    of_index, living = in_order(old_chat)
    assert of_index == living
    with old_chat.connect() as conn:
        assert faults_in_index(conn) == []


async def test_what_was_changed_before_the_index_read_it_shares_its_number_with_nothing(
    old_chat: Engine, engine: AsyncEngine
) -> None:
    with old_chat.begin() as conn:
        conn.execute(text("TRUNCATE search_heads, search; ALTER SEQUENCE search_number RESTART"))
        conn.execute(text("UPDATE messages SET rev = rev + 1000 WHERE seq % 5 = 0"))
        conn.execute(text("UPDATE rooms SET last_rev = (SELECT max(rev) FROM messages WHERE room_id = id)"))

    async with engine.begin() as conn:
        await follow(conn, {}, 100, of_all=True)
        await conn.execute(text(OTHER_VERSION), {"version": WORDS_VERSION - 1})
        assert await renew(conn)
        for _ in range(20):
            await Fill().batch(conn, 37)
            await follow(conn, {}, 37, of_all=True)

    with old_chat.connect() as conn:
        assert faults_in_index(conn) == []


def test_the_version_is_raised_when_words_are_made_otherwise() -> None:
    texts = [body for cases in CASES.values() for case in cases for body in (*case.hits, *case.misses)]
    made = "\n".join(terms_of(1, 2, body, (3,), has_reactions=True) for body in sorted({*texts}))

    assert (WORDS_VERSION, hashlib.sha256(made.encode()).hexdigest()[:16]) == (4, "9bf3751ea769826a"), (
        "Messages get other terms than before: raise WORDS_VERSION in app/search/index/terms.py, and put version and "
        "digest here. Only if the texts of cases.json are others, the version stays."
    )
