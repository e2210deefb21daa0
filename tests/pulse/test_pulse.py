"""A process finds out by itself, within ten seconds, that it cannot serve; and says why, to whoever is concerned."""

import asyncio
import json
import logging
import time

import psycopg2
import pytest
from sqlalchemy import make_url, text

from app.chat.keys import PULSE
from app.db import migrate
from app.db.driver.causes import FULL, READ_ONLY, SENTENCES
from app.db.embedded.unix_account import Account
from app.pulse import pulse
from app.pulse.pulse import STANDBY_AWAY, Finding
from tests.chat.conftest import Join, Member
from tests.chat.mortal import Mortal, insist, refused
from tests.conftest import Mount, Serve, sync_engine
from tests.db.disks import full
from tests.support.load import PATIENCE_S
from tests.support.sockets import until

WITHIN_S = 10


async def found_by_itself(member: Member, trouble: str | None) -> float:
    """Wait, without asking, until the process has found that; after how many seconds."""
    begun = time.monotonic()
    async with asyncio.timeout(PATIENCE_S):
        while member.app[PULSE].last.trouble != trouble:  # noqa: ASYNC110 (it has no event)
            await asyncio.sleep(0.02)
    return time.monotonic() - begun


async def readiness(member: Member) -> tuple[int, str, str]:
    answer = await member.browser.ask("GET", "/readyz")
    report = json.loads(answer.text)
    return answer.status, report["status"], report["database"]


async def test_a_full_disk_is_found_though_nobody_posts(
    small_disk: Mount, mortal: Mortal, serve: Serve, join: Join, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, pulse.__name__)
    disk = small_disk(64)
    (disk / "space").mkdir()
    Account.choose().give(disk / "space")
    with mortal.engine.connect() as conn:
        conn.execute(text(f"CREATE TABLESPACE small LOCATION '{disk / 'space'}'"))
        conn.execute(text("CREATE DATABASE small TABLESPACE small"))
    url = make_url(mortal.url).set(database="small").render_as_string(hide_password=False)
    migrate.upgrade(url, print)
    alice = await join("alice", at=await serve(database_url=url))
    assert (await readiness(alice))[0] == 200

    with full(disk):
        took_s = await found_by_itself(alice, SENTENCES[FULL])
        answers = await readiness(alice)
    await found_by_itself(alice, None)

    assert took_s < WITHIN_S
    assert answers == (503, "cannot", "The disk of the server is full. An administrator has to make room.")
    said = [record for record in caplog.records if record.name == pulse.__name__]
    assert [record.getMessage() for record in said] == [f"cannot serve: {SENTENCES[FULL]}", "serves again"]
    assert "No space left on device (53100)" in said[0].__dict__["fields"]["reason"]
    assert (await readiness(alice))[:2] == (200, "ok")


async def test_a_server_that_takes_no_writes_is_found(mortal: Mortal, serve: Serve, join: Join) -> None:
    alice = await join("alice", at=await serve(database_url=mortal.url))

    mortal.set("default_transaction_read_only", "on")
    took_s = await found_by_itself(alice, SENTENCES[READ_ONLY])
    cannot = await readiness(alice)
    mortal.set("default_transaction_read_only", "off")
    await found_by_itself(alice, None)

    assert took_s < WITHIN_S
    assert cannot == (503, "cannot", SENTENCES[READ_ONLY])


@pytest.mark.usefixtures("hasty")
async def test_a_synchronous_standby_that_is_away_is_found_and_named_to_who_posts(
    mortal: Mortal, serve: Serve, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.chat.messages.journal.ANSWER_S", 1.0)
    alice = await join("alice", at=await serve(database_url=mortal.url))

    mortal.set("synchronous_standby_names", "nobody")
    took_s = await found_by_itself(alice, STANDBY_AWAY)
    cannot = await readiness(alice)
    id = await alice.socket.post("during")
    refusal = await refused(alice.socket, id)
    for _ in range(3):
        await alice.app[PULSE].look()
    stuck = backends_that_wait(mortal)
    mortal.set("synchronous_standby_names", "''")
    await found_by_itself(alice, None)

    assert took_s < WITHIN_S
    assert cannot == (503, "cannot", STANDBY_AWAY)
    assert refusal["message"] == STANDBY_AWAY
    assert stuck <= 3, "each beat would leave a connection behind, until there are none"
    assert (await insist(alice.socket, "during", id))["seq"] == 1
    assert mortal.bodies() == ["during"]


def backends_that_wait(mortal: Mortal) -> int:
    with sync_engine(mortal.url).connect() as conn:
        return int(conn.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")) or 0)


async def test_an_account_that_may_not_write_is_found(mortal: Mortal, serve: Serve, join: Join) -> None:
    """As after somebody restored a backup as another role."""
    with mortal.engine.connect() as conn:
        conn.execute(text("CREATE ROLE chat LOGIN"))
        conn.execute(text("GRANT ALL ON ALL TABLES IN SCHEMA public TO chat"))
    url = make_url(mortal.url).set(username="chat").render_as_string(hide_password=False)
    alice = await join("alice", at=await serve(database_url=url))
    assert (await readiness(alice))[:2] == (200, "ok")

    with mortal.engine.connect() as conn:
        conn.execute(text("REVOKE ALL ON heartbeats FROM chat"))

    await found_by_itself(alice, "The database does not let the server write. An administrator has to grant it that.")


async def test_who_asks_often_writes_no_more_than_once_a_second(
    mortal: Mortal, serve: Serve, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "FRESH_S", 60.0)
    alice = await join("alice", at=await serve(database_url=mortal.url))
    await readiness(alice)
    with psycopg2.connect(mortal.url) as conn, conn.cursor() as cursor:
        cursor.execute("SELECT beat_at FROM heartbeats")
        before = cursor.fetchall()

        for _ in range(50):
            assert (await readiness(alice))[0] == 200

        cursor.execute("SELECT beat_at FROM heartbeats")
        assert cursor.fetchall() == before


async def test_it_puts_some_kilobytes_on_the_disk_of_the_database(mortal: Mortal, serve: Serve) -> None:
    await serve(database_url=mortal.url)

    await until(lambda: spilled(mortal) > 64 * 1024)


def spilled(mortal: Mortal) -> int:
    """How many bytes of temporary files the database has written."""
    with sync_engine(mortal.url).connect() as conn:
        asked = text("SELECT temp_bytes FROM pg_stat_database WHERE datname = current_database()")
        return int(conn.scalar(asked) or 0)


def test_one_word_says_what_a_router_should_make_of_it() -> None:
    assert Finding().word == "ok"
    assert Finding(None, {"durability": "fsync must not be off"}).word == "degraded"
    assert Finding("The disk of the server is full.", {"durability": "fsync must not be off"}).word == "cannot"
