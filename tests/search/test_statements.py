"""What is written to the index is found there: by segment, the newest first, in one's own rooms."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db.driver.engine import make_engine
from app.search.index.statements import SEGMENT, Segments, segments, window
from app.search.index.terms import asked, in_room
from app.search.index.writing import Head, Indexed, is_ours, write
from tests.conftest import make_config
from tests.search.conftest import found

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
ALICE, BOB = 1, 2
MESSAGES = 40

ROOMS = f"""
INSERT INTO users (login, display_name, password_hash) VALUES ('alice', 'Alice', ''), ('bob', 'Bob', '');
INSERT INTO rooms (name, last_seq, last_rev) VALUES ('One', {MESSAGES}, {MESSAGES}), ('Two', {MESSAGES}, {MESSAGES});
INSERT INTO memberships (user_id, room_id) VALUES (1, 2), (1, 3), (2, 2);
INSERT INTO messages (room_id, seq, rev, author_id, client_id, body)
  SELECT room, seq, seq, 1, gen_random_uuid(), 'text ' || seq FROM generate_series(2, 3) room,
  generate_series(1, {MESSAGES}) seq;
"""


@pytest.fixture
async def engine(database: Engine) -> AsyncIterator[AsyncEngine]:
    """A database with two rooms; Bob is in the first only."""
    with database.begin() as conn:
        conn.execute(text(ROOMS))
    engine = make_engine(make_config(database))
    yield engine
    await engine.dispose()


async def write_all(conn: AsyncConnection, numbers: dict[int, int], term: str = "word") -> None:
    """Write a message of each room for each seq, at the number that is given for it, an hour after the one before."""
    rows = [
        Indexed(room, seq, 2 * number + room, f"R{room} {term} w{seq}", NOON + timedelta(hours=seq))
        for seq, number in numbers.items()
        for room in (2, 3)
    ]
    await write(conn, rows, [Head(2, MESSAGES, 1), Head(3, MESSAGES, 1)])


async def test_messages_are_found_newest_first_over_all_segments_in_ones_own_rooms(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await write_all(conn, {seq: seq * SEGMENT // 10 for seq in range(1, MESSAGES + 1)})

        of_alice, of_bob = await found(conn, ALICE, asked("word")), await found(conn, BOB, asked("word"))

        assert of_alice == [(room, seq) for seq in range(MESSAGES, 0, -1) for room in (3, 2)]
        assert of_bob == [(2, seq) for seq in range(MESSAGES, 0, -1)]
        assert await found(conn, 3, asked("word")) == []
        assert await found(conn, ALICE, f"{asked('w7')}&{asked(in_room(3))}") == [(3, 7)]
        assert await found(conn, BOB, f"{asked('w7')}&{asked(in_room(3))}") == []
        assert await segments(conn) == Segments(8, 0)


async def test_all_windows_and_pages_together_are_all_that_there_is(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await write_all(conn, {seq: seq * SEGMENT // 10 for seq in range(1, MESSAGES + 1)})
        whole = await found(conn, ALICE, asked("word"))
        pages: list[tuple[int, int]] = []
        hi, lo = await segments(conn)
        before = (hi + 1) * SEGMENT

        while hi >= lo:
            low = max(hi - 1, lo)
            rows = await window(conn, tsquery=asked("word"), user_id=ALICE, hi=hi, lo=low, before=before, limit=7)
            pages += [(row.room, row.seq) for row in rows]
            before, hi = (
                (rows[-1].number, rows[-1].number - 1) if len(rows) == 7 else (low * SEGMENT, low * SEGMENT - 1)
            )
            hi = hi // SEGMENT

        assert pages == whole


async def test_who_leaves_a_room_finds_nothing_there(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await write_all(conn, {1: 1})
        assert await found(conn, ALICE, asked("word")) == [(3, 1), (2, 1)]

        await conn.execute(text("DELETE FROM memberships WHERE user_id = 1 AND room_id = 3"))

        assert await found(conn, ALICE, asked("word")) == [(2, 1)]


async def test_a_message_that_is_written_again_keeps_its_number_and_gets_other_terms(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await write_all(conn, {1: 1, 2: 2})

        await write(conn, [Indexed(2, 1, 4, "R2 other", NOON), Indexed(3, 2, 7, None, NOON)], [Head(2, 99, 1)])

        assert await found(conn, ALICE, asked("word")) == [(2, 2), (3, 1)]
        assert await found(conn, ALICE, asked("other")) == [(2, 1)]
        assert (await conn.execute(text("SELECT number FROM search WHERE room_id = 2 AND seq = 1"))).scalar_one() == 4
        assert (await conn.execute(text("SELECT rev FROM search_heads ORDER BY room_id"))).scalars().all() == [99, 40]


async def test_what_is_new_gets_rising_numbers_in_the_order_that_it_is_given_in(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        rows = [Indexed(room, seq, None, "word", NOON) for seq in (3, 1, 2) for room in (3, 2)]

        await write(conn, rows, [Head(2, 9, 1), Head(3, 9, 1)])

        assert [*reversed(await found(conn, ALICE, asked("word")))] == [(row.room_id, row.seq) for row in rows]


async def test_any_term_is_found_as_it_is_and_by_its_beginning(engine: AsyncEngine) -> None:
    terms = ["c++", "#412", "@alice", "connect*", "ß", "日本", "🦊", "it's", "back\\slash", "a:b", "x&y|z!(w)", "~"]
    async with engine.begin() as conn:
        rows = [Indexed(2, seq, None, term, NOON) for seq, term in enumerate(terms, 1)]
        await write(conn, rows, [Head(2, 9, 1)])

        for seq, term in enumerate(terms, 1):
            assert await found(conn, ALICE, asked(term)) == [(2, seq)], term
        hi, lo = await segments(conn)
        begins = asked("conn", begins=True)
        rows_found = await window(conn, tsquery=begins, user_id=ALICE, hi=hi, lo=lo, before=(hi + 1) * SEGMENT, limit=9)
        assert [row.seq for row in rows_found] == [4]


async def test_segments_are_bounded_by_time_with_a_minute_to_spare(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        assert await segments(conn) == Segments(-1, 0)
        await write_all(conn, {seq: seq * SEGMENT // 2 for seq in range(1, 5)})  # segment s begins at noon + s hours

        assert await segments(conn) == Segments(4, 1)
        second = timedelta(seconds=1)
        for since, until, wanted in (
            (NOON + timedelta(hours=3), None, Segments(4, 2)),
            (NOON + timedelta(hours=3, minutes=1), None, Segments(4, 3)),
            (None, NOON + timedelta(hours=2), Segments(2, 1)),
            (None, NOON + timedelta(hours=2) - timedelta(minutes=1), Segments(1, 1)),
            (NOON - second, NOON + timedelta(hours=9), Segments(4, 1)),
        ):
            assert await segments(conn, since=since, until=until) == wanted


async def test_one_transaction_writes_at_a_time(engine: AsyncEngine) -> None:
    async with engine.begin() as first, engine.begin() as second:
        assert await is_ours(first)
        assert await is_ours(first)
        assert not await is_ours(second)
        await first.rollback()
        assert await is_ours(second)
