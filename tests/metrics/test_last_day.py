"""The last day: what each process did is kept, added up, drawn for administrators, and goes after two days."""

import asyncio
import logging
import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine

from app.db.schema import samples
from app.limits.limits import OTHERS_BURST
from app.metrics import drawing, sampling
from app.metrics.day import quantile
from app.metrics.faults import Faults
from app.metrics.keys import SAMPLING
from tests.chat.conftest import Join, join, server
from tests.conftest import Serve
from tests.people.test_command_line import said
from tests.support.browsing import Browser, Browsers, Open
from tests.support.locks import until_waiting
from tests.support.sockets import open_socket, until

__all__ = ["join", "server"]

PAGE = "/settings/last-day"
EMPTY = "Nothing was recorded yet."


def kept(database: Engine) -> list[Any]:
    """The samples in the database, the oldest first."""
    with database.connect() as conn:
        return [*conn.execute(sa.select(samples).order_by(samples.c.taken_at))]


def add(database: Engine, ago: timedelta, process: str = "a", sockets: int = 0, **counts: float) -> None:
    """A sample of a process."""
    taken_at = sa.func.clock_timestamp() - ago
    with database.begin() as conn:
        values = {"process": process, "sockets": sockets, "loop_lag_s": 0.25, "counts": counts}
        conn.execute(sa.insert(samples).values(taken_at=taken_at, **values))


async def words(browser: Browser) -> str:
    """What the page says."""
    shown = await browser.ask("GET", PAGE)
    assert shown.status == 200
    return " ".join(re.sub("<[^>]*>", " ", shown.text).split())


async def test_administrators_see_the_last_day_and_members_do_not(alice: Browser, bob: Browser) -> None:
    assert EMPTY in await words(alice)
    assert f'href="{PAGE}"' in (await alice.ask("GET", "/settings/chat")).text
    assert (await bob.ask("GET", PAGE)).status == 403


async def test_nobody_sees_it_without_an_account(browser: Browsers) -> None:
    assert (await browser().ask("GET", PAGE)).location.startswith("/login")


async def test_what_two_processes_did_is_added_and_outlasts_both(
    serve: Serve, open_browser: Open, alice: Browser, server: TestServer, database: Engine
) -> None:
    second = await serve()
    there = open_browser(second)
    await there.log_in("alice")
    for browser, count in ((alice, 2), (there, 3)):
        socket = await open_socket(browser)
        for number in range(count):
            await socket.posted(f"{number}")
        await browser.server.app[SAMPLING].keep()

    found = await words(alice)

    assert "Posts 5 Writes" in found
    assert "Open sockets at the most 2" in found
    await second.close()
    await server.close()
    third = open_browser(await serve())
    await third.log_in("alice")
    assert "Posts 5 Writes" in await words(third)
    assert {row.process for row in kept(database)} == {each.process for each in kept(database)[:2]}


async def test_a_process_that_stops_keeps_what_it_did_since_its_last_minute(
    server: TestServer, alice: Browser, database: Engine
) -> None:
    await (await open_socket(alice)).posted("just before the end")

    await server.close()

    assert [row.counts["posts"] for row in kept(database)] == [1]


async def test_the_minutes_while_the_database_was_away_are_kept_when_it_is_back(
    server: TestServer, database: Engine
) -> None:
    sampler = server.app[SAMPLING]
    with database.begin() as conn:
        conn.execute(sa.text("LOCK TABLE samples IN ACCESS EXCLUSIVE MODE"))
        keeping = asyncio.ensure_future(sampler.keep())
        await until_waiting(database)
        with database.connect() as other:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            other.execute(sa.text(ended))
        await keeping
    assert kept(database) == []

    await sampler.keep()

    assert len(kept(database)) == 2


async def test_a_row_comes_every_minute_by_itself(
    serve: Serve, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "EVERY_S", 0.01)
    await serve()

    await until(lambda: len(kept(database)) >= 2)


async def test_what_people_were_refused_is_counted_by_its_sentence_and_their_mistakes_are_not(
    clock: SimpleNamespace, join: Join, server: TestServer, database: Engine
) -> None:
    alice = await join("alice")
    await alice.socket.say(type="nonsense")
    await alice.socket.until("error", code="bad_command")
    for _ in range(OTHERS_BURST + 3):
        await alice.socket.say(type="level", room=1, level="all")
    for _ in range(3):
        await alice.socket.until("error", code="rate_limited")
    await server.app[SAMPLING].keep()

    found = await words(alice.browser)

    assert "3 × This page is asking faster than the server answers. (rate_limited)" in found
    (row,) = kept(database)
    assert len([name for name in row.counts if name.startswith("refusals ")]) == 1


async def test_a_warning_is_counted_by_what_it_says_and_not_by_whom_it_is_about(
    server: TestServer, alice: Browser
) -> None:
    log = logging.getLogger("app.chat.socket")
    for user in (3, 4):
        log.warning("socket not opened user=%d reason=%s", user, "a secret")
    await server.app[SAMPLING].keep()

    found = await words(alice)

    assert "2 × socket not opened (chat) last at" in found
    assert "a secret" not in found


def test_a_handler_counts_what_failed_by_its_error_and_so_many_kinds_and_no_more() -> None:
    faults, log = Faults(), logging.getLogger("app.metrics.tests")
    with faults.attached():
        try:
            raise KeyError("what somebody typed")
        except KeyError:
            log.exception("request failed")
        log.info("not counted")
        logging.getLogger("elsewhere").error("not ours")
        for number in range(200):
            log.error("number %d", number)
    log.error("not counted any more")

    counts = faults.counts()

    assert counts.pop(("metrics", "request failed (KeyError)")) == 1
    assert len(counts) == 99
    assert set(counts.values()) == {1}


def test_of_a_line_that_cannot_be_stored_the_rest_is_counted() -> None:
    faults = Faults()

    faults.handle(logging.makeLogRecord({"name": "app.mail.mailer", "msg": "not sent\0 to \ud800"}))
    faults.handle(logging.makeLogRecord({"name": "app", "msg": "found dead"}))

    assert faults.counts() == {("mail", "not sent to "): 1, ("app", "found dead"): 1}


async def test_what_is_older_than_a_day_is_not_shown_and_gaps_are_none(alice: Browser, database: Engine) -> None:
    minutes = [timedelta(minutes=number) for number in (1, 2, 61)]
    for ago in minutes:
        add(database, ago, sockets=4, posts=30)
        add(database, ago, "b", sockets=3, posts=10, **{"closes 4008": 1, "commit_seconds 0.01": 10})
    add(database, timedelta(hours=25), sockets=400, posts=9_000)

    shown = await words(alice)

    assert "Posts 120 Writes" in shown
    assert "Posts a minute at the most 40" in shown
    assert "Open sockets at the most 7" in shown
    assert "committed at the most 9.9 ms" in shown
    assert "3 × It read too slowly, or had stopped reading. (4008)" in shown
    paths = re.findall(r'class="drawing__line[^"]*" d="([^"]*)"', (await alice.ask("GET", PAGE)).text)
    assert [path.count("M") for path in paths] == [2] * 6
    assert all("nan" not in path for path in paths)


async def test_a_label_is_shown_as_text(alice: Browser, database: Engine) -> None:
    add(database, timedelta(minutes=1), **{"faults chat <b>bold</b>": 1})

    assert "&lt;b&gt;bold" in (await alice.ask("GET", PAGE)).text


async def test_the_command_line_shows_the_same(alice: Browser, database: Engine) -> None:
    add(database, timedelta(minutes=1), sockets=4, posts=30, **{"refusals unavailable The disk is full.": 7})

    shown = re.sub(" +", " ", said(database, "stats"))

    assert "\nposts 30\nopen sockets, at the most 4\n" in shown
    assert "\nrefused: The disk is full. 7\n" in shown


def test_a_part_of_all_is_found_within_its_bucket() -> None:
    buckets = {"0.1": 50.0, "0.2": 40.0, "+Inf": 10.0}

    assert quantile({}, 0.5) is None
    assert quantile(buckets, 0.5) == 0.1
    assert round(quantile(buckets, 0.7) or 0, 3) == 0.15
    assert quantile(buckets, 0.99) == 0.2, "above the last bound nothing is known"


def test_a_line_breaks_where_nothing_is_known_and_one_value_alone_is_a_point() -> None:
    assert drawing.path([1, None, 0, 1], 1) == "M75.0 4.0h0M375.0 96.0L525.0 4.0"
    assert drawing.path([None, None], 0) == ""
    assert drawing.path([0, 0], 0) == "M150.0 96.0L450.0 96.0"
