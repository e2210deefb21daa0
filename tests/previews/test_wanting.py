"""Which link of a message gets a preview."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.db.driver.engine import ENGINE, autocommit
from app.db.driver.kept import direct
from app.previews import queries
from app.previews.wanting import MAX_URL_CHARS, Wanting, link_in
from app.search.index.reading import Found
from tests.chat.conftest import Join, join, server

__all__ = ["join", "server"]


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("see https://example.org/a?b=1&c=2.", "https://example.org/a?b=1&c=2"),
        ("**see** https://example.org/a?b=1&c=2", "https://example.org/a?b=1&c=2"),
        ("[here](http://example.org) and https://example.com", "http://example.org"),
        ("`https://example.com` then https://example.org/", "https://example.org/"),
        ("mailto:me@example.org http://example.org/x", "http://example.org/x"),
        ("```\nhttps://example.com\n```", None),
        ("www.example.org", None),
        ("me@example.org", None),
        ("ftp://example.org/", None),
        ("http://", None),
        ("", None),
    ],
)
def test_it_is_the_first_one_that_is_shown_as_a_link_to_the_web(text: str, link: str | None) -> None:
    assert (link_in(text) or "").rstrip("/") == (link or "").rstrip("/")


def test_what_nobody_types_gets_none() -> None:
    assert link_in(f"https://example.org/{'a' * (MAX_URL_CHARS - 20)}")
    assert link_in(f"https://example.org/{'a' * MAX_URL_CHARS}") is None


def written(ack: dict[str, Any], time: datetime) -> Found:
    where = (1, 0, 1, True, False, ack["seq"], ack["rev"])
    return Found(*where, 1, "https://example.org/", time, False, None, False, None, None)


async def test_what_was_said_long_before_it_came_wants_none_until_it_is_changed(join: Join) -> None:
    alice = await join("alice")
    ack = await alice.socket.posted("hello")
    rung = asyncio.Event()
    wanting = Wanting(rung)
    brought = written(ack, datetime.now(UTC) - timedelta(days=2))

    async with alice.app[ENGINE].begin() as conn:
        await wanting.note(conn, [brought])
    wanting.committed()
    assert not rung.is_set()
    async with alice.app[ENGINE].begin() as conn:
        await wanting.note(conn, [brought._replace(number=1)])
    wanting.committed()
    assert rung.is_set()


async def test_an_edit_is_looked_at_also_while_the_index_is_written_anew(join: Join) -> None:
    alice = await join("alice")
    ack = await alice.socket.posted("hello")
    rung = asyncio.Event()
    wanting = Wanting(rung)

    async with alice.app[ENGINE].begin() as conn:
        await wanting.note(conn, [written(ack, datetime.now(UTC))._replace(number=1, filled_seq=ack["seq"] + 1)])
    wanting.committed()

    assert rung.is_set()


async def test_it_rings_when_what_it_noted_is_committed_and_not_before(join: Join) -> None:
    alice = await join("alice")
    ack = await alice.socket.posted("see https://example.org/")
    rung = asyncio.Event()
    wanting = Wanting(rung)
    change = written(ack, datetime.now(UTC))

    async with alice.app[ENGINE].begin() as conn:
        await wanting.note(conn, [change])
        assert not rung.is_set()
    wanting.committed()

    assert rung.is_set()
    rung.clear()
    wanting.committed()
    assert not rung.is_set()


async def test_one_that_ends_whoever_takes_it_is_given_up(join: Join) -> None:
    alice = await join("alice")
    ack = await alice.socket.posted("see https://example.org/")
    taken = []
    async with alice.app[ENGINE].begin() as conn:
        await queries.want(conn, [(1, ack["seq"], "https://example.org/")])
    async with direct(autocommit(alice.app[ENGINE])) as looking:
        for _ in range(queries.MAX_TRIES + 1):
            taken.append(await queries.take(looking))
            assert await queries.take(looking) is None  # it is lent to one at a time
            await looking.fetch("UPDATE previews SET due_at = now()")  # as after a minute

    assert [each and each.is_hopeless for each in taken] == [False] * queries.MAX_TRIES + [True]
