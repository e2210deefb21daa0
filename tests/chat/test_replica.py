"""History from a real streaming replica: only what is as new as the database itself, and only while it answers."""

import asyncio
import shutil
import signal
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, NullPool, create_engine, delete, func, make_url, select, text, update

from app.base.config import DatabaseConfig
from app.db import replica
from app.db.driver.engine import ENGINE, make_engine
from app.db.embedded import binaries, embedded
from app.db.embedded.cluster import USER, Cluster
from app.db.embedded.unix_account import Account
from app.db.identity import identity_of
from app.db.schema import instance, memberships, messages, rooms
from tests.chat.conftest import Join, Member
from tests.conftest import Serve
from tests.support.load import PATIENCE_S
from tests.support.processes import until


@dataclass
class Standby:
    """A streaming replica of the server of these tests; `frozen` in time when its replay is paused."""

    url: str
    folder: Path
    cluster: Cluster
    primary: Engine

    @property
    def engine(self) -> Engine:
        return create_engine(make_url(self.url).set(drivername="postgresql+psycopg2"), poolclass=NullPool)

    def catch_up(self) -> None:
        """Wait until it has replayed all that the primary has written so far."""
        nonce = uuid.uuid4().hex
        with self.primary.begin() as conn:
            conn.execute(text(f"COMMENT ON TABLE instance IS '{nonce}'"))
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            until(lambda: conn.scalar(text("SELECT obj_description('instance'::regclass)")) == nonce)

    def pause(self) -> None:
        """Let it lag from here on."""
        self.catch_up()
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(select(func.pg_wal_replay_pause()))
            until(lambda: conn.scalar(select(func.pg_get_wal_replay_pause_state())) == "paused")

    def mark_the_primary(self) -> None:
        """Make the two differ: from here on the bodies differ, at the same revs."""
        self.pause()
        with self.primary.begin() as conn:
            conn.execute(update(messages).values(body=messages.c.body + " (primary)"))

    def connections(self) -> int:
        """How many the app has."""
        with self.engine.connect() as conn:
            return int(conn.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'parley'")))

    def processes(self) -> list[psutil.Process]:
        """The postmaster and all that it started."""
        ours = psutil.Process().children(recursive=True)
        return [process for process in ours if works_in(process, self.folder / "data")]

    def signal(self, number: signal.Signals) -> None:
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):  # it ended by itself when its postmaster died
                process.send_signal(number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        until(lambda: not self.processes())

    def freeze(self) -> None:
        """It takes connections, and answers nothing."""
        self.signal(signal.SIGSTOP)

    def revive(self) -> None:
        """It runs and replays, whatever has been done to it."""
        self.signal(signal.SIGCONT)
        self.cluster.revive()
        self.cluster.prepare(self.url, USER)
        with self.engine.begin() as conn:
            conn.execute(select(func.pg_wal_replay_resume()))


def works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return bool(process.cwd() == str(folder))
    except psutil.Error:  # it has just ended
        return False


@pytest.fixture(scope="module")
def standby_server(migrated_url: str, world_folder: Path) -> Iterator[Standby]:
    account, folder = Account.choose(), Path(tempfile.mkdtemp(prefix="standby-", dir=world_folder))
    account.give(folder)
    log = folder.with_suffix(".log")
    programs = binaries.find(world_folder / "server", account, print)
    backup = [str(programs / "pg_basebackup"), "-d", migrated_url, "-D", str(folder / "data"), "-R", "-c", "fast"]
    with log.open("ab") as written:
        assert account.run(backup, written) == 0, log.read_text()
    cluster = Cluster(folder, programs, account, log)
    settings = {**embedded.SETTINGS, **embedded.THROW_AWAY, "max_connections": "250"}
    primary = make_url(migrated_url)
    url = primary.update_query_dict({"host": str(folder)}).render_as_string(hide_password=False)
    engine = create_engine(primary.set(drivername="postgresql+psycopg2"), poolclass=NullPool)
    with cluster.serving(folder, settings):
        cluster.prepare(url, USER)
        yield Standby(url, folder, cluster, engine)
    shutil.rmtree(folder)


@pytest.fixture
def standby(standby_server: Standby, database: Engine) -> Iterator[Standby]:
    """The replica, replaying all that the primary writes."""
    standby_server.catch_up()
    yield standby_server
    standby_server.revive()


@pytest.fixture
async def server(serve: Serve, standby: Standby) -> TestServer:
    return await serve(post_rate=1_000_000, post_burst=1_000_000, database_replica_url=standby.url)


@pytest.fixture
async def alice(join: Join) -> Member:
    """Somebody who has posted "1", "2" and "3"."""
    alice = await join("alice")
    for number in (1, 2, 3):
        await alice.socket.posted(f"{number}")
    return alice


async def texts(member: Member, **query: int) -> list[str]:
    return [message["text"] for message in (await member.history(**query))["messages"]]


async def test_history_and_the_page_come_from_the_replica(alice: Member, standby: Standby) -> None:
    standby.mark_the_primary()

    assert await texts(alice) == ["1", "2", "3"]
    assert await texts(alice, before=3) == ["1", "2"]
    assert await texts(alice, after=1) == ["2", "3"]
    assert await texts(alice, around=2, limit=2) == ["1", "2"]
    assert "(primary)" not in (await alice.browser.ask("GET", "/")).text


async def test_while_the_replica_lags_the_primary_answers(alice: Member, standby: Standby) -> None:
    standby.mark_the_primary()

    await alice.socket.posted("4")

    assert await texts(alice) == ["1 (primary)", "2 (primary)", "3 (primary)", "4"]
    assert await texts(alice, before=3) == ["1 (primary)", "2 (primary)"]
    assert "1 (primary)" in (await alice.browser.ask("GET", "/")).text


async def test_a_change_of_an_old_message_is_never_missed(alice: Member, standby: Standby, database: Engine) -> None:
    standby.pause()
    with database.begin() as conn:
        conn.execute(update(rooms).values(last_rev=4))
        conn.execute(update(messages).where(messages.c.seq == 1).values(body="changed", rev=4))

    assert await texts(alice, before=2) == ["changed"]


async def test_a_standby_that_takes_over_has_the_identity_of_its_primary(alice: Member, standby: Standby) -> None:
    promoted = make_engine(DatabaseConfig(database_url=standby.url, _env_file=None), size=1)

    assert await identity_of(promoted) == await identity_of(alice.app[ENGINE])
    await promoted.dispose()


async def test_a_replica_of_another_epoch_is_not_believed(alice: Member, standby: Standby, database: Engine) -> None:
    standby.mark_the_primary()
    with database.begin() as conn:
        conn.execute(update(instance).values(epoch=func.gen_random_uuid()))

    assert await texts(alice, limit=1) == ["3 (primary)"]


async def test_who_was_removed_reads_no_history_that_the_replica_would_still_show(
    alice: Member, standby: Standby, database: Engine
) -> None:
    standby.pause()
    with database.begin() as conn:
        conn.execute(delete(memberships))

    answer = await alice.browser.ask("GET", "/api/rooms/1/messages")

    assert (answer.status, "not_a_member" in answer.text) == (403, True)
    with standby.engine.connect() as conn:
        assert conn.scalar(select(func.count()).select_from(memberships)) == 1


async def test_a_resume_never_asks_the_replica(alice: Member, standby: Standby) -> None:
    back = await alice.reconnect()

    await back.resume(cursor=0)

    assert await back.socket.texts(3) == ["1", "2", "3"]
    await back.socket.until("live")
    assert standby.connections() == 0
    await alice.history()
    assert standby.connections() == 1


@pytest.mark.parametrize("hurt", [Standby.kill, Standby.freeze])
async def test_a_replica_that_died_or_hangs_is_left_alone(
    alice: Member, standby: Standby, hurt: Callable[[Standby], None], caplog: pytest.LogCaptureFixture
) -> None:
    standby.mark_the_primary()
    assert await texts(alice, limit=1) == ["3"]
    readiness = (await alice.browser.ask("GET", "/readyz")).text

    hurt(standby)
    async with asyncio.timeout(PATIENCE_S):  # a second for the first of them; a hundred, would each have to wait
        for _ in range(100):
            assert await texts(alice, limit=1) == ["3 (primary)"]

    logged = [record.message for record in caplog.records if record.name == replica.__name__]
    assert [line.split(" reason=")[0] for line in logged] == ["replica left alone"]
    assert (await alice.browser.ask("GET", "/readyz")).text == readiness


async def test_a_replica_that_is_back_is_asked_again(
    alice: Member, standby: Standby, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "REST_S", 0)
    standby.kill()
    assert await texts(alice) == ["1", "2", "3"]

    standby.revive()
    standby.mark_the_primary()

    assert await texts(alice) == ["1", "2", "3"]


async def test_a_replica_without_our_tables_is_one_that_does_not_answer(
    serve: Serve, join: Join, postgres_url: str
) -> None:
    unmigrated = await serve(database_replica_url=postgres_url)
    alice = await join("alice", at=unmigrated)
    await alice.socket.posted("hello")

    assert await texts(alice) == ["hello"]
