"""Pages of hits: together they are the whole in order; the time for each is bounded, and so is how often one asks."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import search as index
from app.db.schema import search_segments
from app.limits import limits
from app.search import service
from app.search.asking import answer as answer_module
from app.search.asking import windows
from app.search.index.statements import SEGMENT, Candidate
from tests.chat.conftest import Join, Member
from tests.rooms.conftest import Denied, by
from tests.search.asking.conftest import all_found, found, indexed, say, search
from tests.support.browsing import Answer
from tests.support.locks import until_waiting

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
async def hundred(join: Join, database: Engine) -> Member:
    """Alice, who has said a hundred things in two rooms by turns, each of which has the word."""
    alice = await join("alice")
    room = await by(alice).make("Plans")
    lines = [(room if n % 2 else 1, alice.author["id"], NOON + timedelta(minutes=n), f"word {n}") for n in range(100)]
    say(database, lines)
    await indexed(alice, database)
    return alice


def spread(database: Engine, segments: int) -> None:
    """Number the messages of the index anew, over so many segments; each begins an hour after the one before."""
    with database.begin() as conn:
        first = conn.execute(text("SELECT min(number) FROM search")).scalar_one()
        step = SEGMENT * segments // 100
        conn.execute(update(index).values(number=(index.c.number - first) * step))
        conn.execute(text("DELETE FROM search_segments"))
        rows = [{"segment": n, "began": NOON + timedelta(hours=n)} for n in range(segments)]
        conn.execute(search_segments.insert(), rows)


@contextmanager
def index_locked(database: Engine) -> Iterator[None]:
    """No search is answered while the block lasts."""
    with database.begin() as conn:
        conn.execute(text("LOCK search IN ACCESS EXCLUSIVE MODE"))
        yield


async def test_all_pages_together_are_the_whole_in_order(hundred: Member) -> None:
    pages: list[str] = []
    sizes: list[int] = []
    more: dict[str, str] = {}
    while True:
        answer = await search(hundred, "word", limit=30, **more)
        pages += answer.texts
        sizes.append(len(answer.texts))
        if answer.next is None:
            break
        more = {"before": answer.next}
        await hundred.socket.posted("a new word meanwhile")

    assert pages == [f"word {n}" for n in reversed(range(100))]
    assert sizes == [30, 30, 30, 10]


async def test_the_last_page_says_that_it_is_the_last(hundred: Member) -> None:
    assert (await search(hundred, "word", limit=50, room=1)).next is None
    assert (await search(hundred, "word", limit=49, room=1)).next is not None
    assert len((await search(hundred, "word")).texts) == 20


async def test_pages_over_many_segments_and_in_bounded_time_are_the_whole(
    hundred: Member, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await all_found(hundred, "word", limit=50)
    spread(database, 40)

    assert await all_found(hundred, "word", limit=50) == whole
    assert "until" not in (await search(hundred, '"word 0"')).wire

    monkeypatch.setattr(answer_module, "BUDGET_S", 0.0)
    answer = await search(hundred, '"word 0"')
    assert answer.texts == []
    assert answer.next is not None
    assert answer.wire["until"] == "2026-02-01T20:00:00.000Z"  # segment 32: the first window has eight
    assert await all_found(hundred, '"word 0"') == whole[-1:]
    assert await all_found(hundred, "word", limit=9) == whole


async def test_what_is_unwanted_does_not_end_a_page(hundred: Member) -> None:
    assert await found(hundred, "word 5") == ["word 5"]
    assert await found(hundred, "word -99 -98", limit=2) == ["word 97", "word 96"]
    odd = " ".join(f"-{n}" for n in range(85, 100))
    assert (await found(hundred, f"word {odd}", limit=1)) == ["word 84"]


@pytest.mark.parametrize(
    "cursor", ["x", "0", "-1", "s", "s0", "sg", "s" + "f" * 16, "s" + "1" * 40, "\x00", "s1 ", "💥"]
)
async def test_a_cursor_that_is_none_is_refused_with_a_sentence(cursor: str, join: Join) -> None:
    alice = await join("alice")

    with pytest.raises(Denied) as denied:
        await search(alice, "word", before=cursor)

    assert denied.value == (422, "bad_question")
    assert denied.value.message == "This page of hits cannot be found again. Search anew."


async def test_any_number_is_a_cursor(hundred: Member) -> None:
    assert await found(hundred, "word", before="s1") == []
    assert len(await found(hundred, "word", before="s" + "7" + "f" * 15)) == 20


async def test_who_searches_too_often_waits_and_others_do_not(join: Join, clock: object) -> None:
    alice, bob = await join("alice"), await join("bobby")

    async def ask(times: int) -> list[Answer]:
        return await asyncio.gather(*(alice.browser.ask("GET", "/api/search?q=x") for _ in range(times)))

    assert {answer.status for answer in await ask(limits.SEARCHES_BURST)} == {200}
    (refused,) = await ask(1)
    error = json.loads(refused.text)["error"]
    assert (refused.status, error["code"]) == (429, "rate_limited")
    assert 0 < error["retry_after"] <= 1
    assert refused.headers["Retry-After"] == "1"
    assert await found(bob, "x") == []


async def test_a_search_that_takes_too_long_ends_with_a_sentence(
    hundred: Member, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "STATEMENT_TIMEOUT_S", 0.1)
    with index_locked(database), pytest.raises(Denied) as denied:
        await search(hundred, "word")

    assert denied.value == (503, "search_too_slow")
    assert denied.value.message == "This search takes too long. Use rarer words, or search in one room."
    assert len(await found(hundred, "word")) == 20  # on the same connection


async def test_where_a_later_statement_takes_too_long_what_was_found_is_answered(
    hundred: Member, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await all_found(hundred, "word")
    spread(database, 40)
    monkeypatch.setattr(service, "STATEMENT_TIMEOUT_S", 0.5)
    window = windows.window

    async def slow_later(conn: AsyncConnection, **asked: Any) -> list[Candidate]:
        if asked["hi"] < 39:
            await conn.execute(text("SELECT pg_sleep(60)"))
        return await window(conn, **asked)

    monkeypatch.setattr(windows, "window", slow_later)
    answer = await search(hundred, "word", limit=50)

    assert 0 < len(answer.places) < 50
    assert answer.places == whole[: len(answer.places)]
    assert answer.wire["until"] == "2026-02-01T20:00:00.000Z"
    with pytest.raises(Denied) as denied:
        await search(hundred, "word", before=answer.next)
    assert denied.value == (503, "search_too_slow")


async def test_only_so_many_search_at_once_and_the_others_have_a_connection(
    hundred: Member, join: Join, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [hundred, *[await join(f"person{number}") for number in range(9)]]
    monkeypatch.setattr(service, "WAIT_S", 0.05)
    with index_locked(database):
        waiting = [asyncio.create_task(search(person, "word")) for person in people]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_EXCEPTION)
        assert len((await hundred.history())["messages"]) == 50
    answers = await asyncio.gather(*waiting, return_exceptions=True)

    refused = [answer for answer in answers if isinstance(answer, Denied)]
    assert len(answers) - len(refused) == 2
    assert {(denied.status, denied.code) for denied in refused} == {(503, "unavailable")}
    assert "Many people are searching just now" in refused[0].message


async def test_one_persons_searches_leave_another_a_turn(
    hundred: Member, join: Join, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = await join("bobby")
    monkeypatch.setattr(service, "WAIT_S", 0.05)
    with index_locked(database):
        many = [asyncio.create_task(search(hundred, "word")) for _ in range(10)]
        await until_waiting(database)
        one = asyncio.create_task(search(bob, "word"))
        await asyncio.wait([one], timeout=0.5)
        assert not one.done()

    assert len((await one).places) == 20
    await asyncio.gather(*many)
