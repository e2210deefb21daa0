"""PostgreSQL's disk is full, in earnest: nothing is promised, nothing is lost, and space is all it takes to heal."""

import asyncio
import contextlib
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from app.command_line import looked_after
from app.db import migrate
from app.db.embedded import embedded
from app.db.embedded.unix_account import Account
from tests.chat.conftest import Join, Member
from tests.chat.mortal import Mortal, insist, refused
from tests.conftest import Mount, Serve
from tests.db.disks import full
from tests.support.load import PATIENCE_S

LONG = 4_000  # characters of a message

Told = tuple[list[str], str, str]


async def post_until_refused(author: Member, after_each: Callable[[], None] = lambda: None) -> Told:
    """The texts that were acknowledged; the text and the id of the one that was refused."""
    acknowledged: list[str] = []
    while True:
        body = secrets.token_hex(LONG // 2)  # does not compress
        id = await author.socket.post(body)
        answer = await author.socket.next()
        while answer.get("id") != id:
            answer = await author.socket.next()
        if answer["type"] == "error":
            assert (answer["code"], answer["retry_after"] > 0) == ("unavailable", True)
            return acknowledged, body, id
        acknowledged.append(body)
        await asyncio.to_thread(after_each)


async def test_a_full_tablespace_promises_nothing_and_heals_with_space(
    small_disk: Mount, mortal: Mortal, serve: Serve, join: Join
) -> None:
    disk = small_disk(8)
    space = disk / "space"
    space.mkdir()
    Account.choose().give(space)
    with mortal.engine.connect() as conn:
        conn.execute(text(f"CREATE TABLESPACE small LOCATION '{space}'"))
        conn.execute(text("ALTER TABLE messages SET TABLESPACE small"))
    server = await serve(database_url=mortal.url, post_rate=1_000_000, post_burst=1_000_000)
    alice = await join("alice", at=server)

    with full(disk):
        acknowledged, body, id = await post_until_refused(alice)
        assert (await alice.browser.ask("GET", "/")).status == 200
        await alice.socket.post(body, id=id)
        await refused(alice.socket, id)

    ack = await insist(alice.socket, body, id)
    assert ack["seq"] == len(acknowledged) + 1
    assert mortal.bodies() == [*acknowledged, body]


async def test_a_full_disk_that_stops_postgres_loses_nothing_and_heals_with_space(
    small_disk: Mount, fresh_folder: Path, serve: Serve, join: Join
) -> None:
    """No room for the write-ahead log: PostgreSQL panics, cannot recover, and is started again until it can."""
    disk = small_disk(80)
    with embedded.running(fresh_folder, print):
        pass
    log_files = fresh_folder / "postgres/data/pg_wal"
    shutil.copytree(log_files, disk / "pg_wal")
    shutil.rmtree(log_files)
    log_files.symlink_to(disk / "pg_wal")
    for path in (disk / "pg_wal", *(disk / "pg_wal").iterdir()):
        Account.choose().give(path)

    with embedded.running(fresh_folder, print, connections=20) as running:
        mortal = Mortal(running, fresh_folder)
        migrate.upgrade(mortal.url, print)
        server = await serve(database_url=mortal.url, post_rate=1_000_000, post_burst=1_000_000)
        alice = await join("alice", at=server)

        def next_log_file() -> None:
            with contextlib.suppress(Exception), mortal.engine.connect() as conn:
                conn.execute(text("SELECT pg_switch_wal()"))

        async with looked_after(mortal.revive):
            with full(disk):
                acknowledged, body, id = await post_until_refused(alice, next_log_file)
                assert (await alice.browser.ask("GET", "/healthz")).status == 200
            async with asyncio.timeout(PATIENCE_S):
                ack = await insist(alice.socket, body, id)
                while (await alice.browser.ask("GET", "/readyz")).status != 200:
                    pass

        log = (mortal.folder / "postgres.log").read_text()
        assert "No space left on device" in log
        assert "PANIC" in log
        assert ack["seq"] == len(acknowledged) + 1
        assert mortal.bodies() == [*acknowledged, body]
